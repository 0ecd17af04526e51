-- Every line is taxed as its code says: the taxes that lines name are the document's taxes, on no more than those lines.
WITH sides (seller_id, document_id, code, lines_net, base, named, taxed) AS (
  SELECT l.seller_id, l.document_id, code, l.net_minor, 0::numeric, 1, 0
  FROM lines AS l
  CROSS JOIN LATERAL string_to_table(l.tax_code, '+') AS code
  WHERE l.tax_code NOT IN ('exempt', 'reverse-charge', 'outside-scope', 'fee', 'none')
  UNION ALL
  SELECT d.seller_id, d.id, tax ->> 0, 0, CASE WHEN jsonb_typeof(tax -> 2) = 'number' THEN (tax -> 2)::numeric END, 0, 1
  FROM documents AS d
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(d.taxes) = 'array' THEN d.taxes ELSE '[]' END
  ) AS tax
)
SELECT seller_id, document_id, code, sum(lines_net) AS lines_net, sum(base) AS taxed_base
FROM sides
GROUP BY seller_id, document_id, code
HAVING sum(named) = 0 OR sum(taxed) = 0 OR abs(sum(base)) > abs(sum(lines_net)) OR sum(base) * sum(lines_net) < 0
