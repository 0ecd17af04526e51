-- Documents add up: lines to net, taxes to tax, net and tax to gross.
SELECT d.seller_id, d.id AS document_id, d.kind, d.series, d.number, d.net_minor, coalesce(l.net, 0) AS lines_net,
  d.tax_minor, coalesce(t.tax, 0) AS taxes_sum, d.gross_minor
FROM documents AS d
LEFT JOIN (
  SELECT seller_id, document_id, sum(net_minor) AS net FROM lines GROUP BY seller_id, document_id
) AS l ON l.seller_id = d.seller_id AND l.document_id = d.id
CROSS JOIN LATERAL (
  SELECT sum(CASE WHEN jsonb_typeof(tax -> 3) = 'number' THEN (tax -> 3)::numeric END) AS tax
  FROM jsonb_array_elements(CASE WHEN jsonb_typeof(d.taxes) = 'array' THEN d.taxes ELSE '[]' END) AS tax
) AS t
WHERE d.net_minor <> coalesce(l.net, 0)
  OR d.tax_minor <> coalesce(t.tax, 0)
  OR d.gross_minor <> d.net_minor + d.tax_minor
