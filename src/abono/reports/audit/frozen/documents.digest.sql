-- Frozen means frozen: the digest of each document, worked out again from its rows, is the one it was issued with.
SELECT d.seller_id, d.id AS document_id, d.kind, d.series, d.number, d.digest,
  concat_ws(E'\x1f', d.kind, d.series, d.number, d.customer_id, d.words_id, d.issuer_id, d.policy_version, d.invoice_when,
    coalesce(d.basis, ''), d.currency, d.issued_on, d.due_on, d.renewal_on, d.net_minor, d.tax_minor, d.gross_minor) AS head,
  d.taxes::text AS taxes,
  d.extra::text AS extra,
  concat_ws(E'\x1f', coalesce(d.request_id::text, ''), coalesce(d.settlement_id::text, ''),
    coalesce(d.corrects_id::text, ''), coalesce(d.replaces_id::text, '')) AS tail,
  coalesce((
    SELECT string_agg(E'\x1e' || concat_ws(E'\x1f', l.line_no, coalesce(l.subscription_id::text, ''),
      coalesce(l.charge_id::text, ''), l.words, coalesce(l.period_from::text, ''), coalesce(l.period_to::text, ''),
      l.quantity, coalesce(l.unit_price::text, ''), coalesce(l.fraction::text, ''), l.net_minor, l.tax_code),
      '' ORDER BY l.line_no)
    FROM lines AS l WHERE l.seller_id = d.seller_id AND l.document_id = d.id
  ), '') AS lines,
  coalesce((
    SELECT string_agg(E'\x1e' || concat_ws(E'\x1f', a.row_no, a.line_no, a.subscription_id, a.location_id, a.location,
      a.client, a.product, a.active_from, a.active_to, a.days, a.net_minor), '' ORDER BY a.row_no)
    FROM annex_rows AS a WHERE a.seller_id = d.seller_id AND a.document_id = d.id
  ), '') AS annex
FROM documents AS d
