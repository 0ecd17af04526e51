-- What a document still asks for is its gross less the money set against it (also by way of its request), less what credit
-- notes took back, what was written off and what of a fee was returned.
WITH allocated AS (
  SELECT seller_id, document_id, sum(amount_minor) AS amount FROM allocations GROUP BY seller_id, document_id
),
less AS (
  SELECT seller_id, corrects_id AS id, gross_minor AS amount FROM documents WHERE kind = 'credit_note'
  UNION ALL
  SELECT seller_id, cause_id, amount_minor FROM transfers WHERE cause = 'write_off'
  UNION ALL
  SELECT t.seller_id, coalesce(f.receipt_id, t.cause_id), t.amount_minor
  FROM transfers AS t
  LEFT JOIN refunds AS r ON r.seller_id = t.seller_id AND r.id = t.cause_id
  LEFT JOIN (
    SELECT a.seller_id, a.payment_id, min(a.document_id::text)::uuid AS receipt_id
    FROM allocations AS a
    JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id AND d.kind = 'receipt'
    GROUP BY a.seller_id, a.payment_id
  ) AS f ON f.seller_id = r.seller_id AND f.payment_id = r.payment_id
  WHERE t.cause = 'fee_returned' AND t.debit = 'fee_income'
),
lessened AS (
  SELECT seller_id, id, sum(amount) AS amount FROM less GROUP BY seller_id, id
),
figures AS (
  SELECT d.seller_id, d.id, d.kind, d.series, d.number, d.open_minor,
    d.gross_minor - coalesce(a.amount, 0) - coalesce(r.amount, 0) - coalesce(x.amount, 0) AS should_be
  FROM documents AS d
  LEFT JOIN allocated AS a ON a.seller_id = d.seller_id AND a.document_id = d.id
  LEFT JOIN allocated AS r ON r.seller_id = d.seller_id AND r.document_id = d.request_id AND d.basis = 'settlement'
  LEFT JOIN lessened AS x ON x.seller_id = d.seller_id AND x.id = d.id
  WHERE d.state IN ('open', 'issued') AND d.kind <> 'credit_note'
    AND (d.kind <> 'receipt' OR d.open_minor <> 0 OR a.amount IS NOT NULL)
)
SELECT seller_id, id AS document_id, kind, series, number, open_minor, should_be
FROM figures
WHERE open_minor <> should_be
