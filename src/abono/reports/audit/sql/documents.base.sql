-- Every line is taxed as its code says: the taxes that lines name are the document's taxes, on no more than those lines.
WITH named AS (
  SELECT l.seller_id, l.document_id, code, sum(l.net_minor) AS net
  FROM lines AS l
  CROSS JOIN LATERAL regexp_split_to_table(l.tax_code, '[+]') AS code
  WHERE l.tax_code NOT IN ('exempt', 'reverse-charge', 'outside-scope')
  GROUP BY l.seller_id, l.document_id, code
),
taxed AS (
  SELECT d.seller_id, d.id AS document_id, tax ->> 0 AS code,
    sum(CASE WHEN tax ->> 2 ~ '^-?[0-9]+$' THEN (tax ->> 2)::numeric END) AS base
  FROM documents AS d
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(d.taxes) = 'array' THEN d.taxes ELSE '[]' END
  ) AS tax
  GROUP BY d.seller_id, d.id, tax ->> 0
)
SELECT seller_id, document_id, code, n.net AS lines_net, t.base AS taxed_base
FROM named AS n
FULL JOIN taxed AS t USING (seller_id, document_id, code)
WHERE n.net IS NULL OR t.base IS NULL OR abs(t.base) > abs(n.net) OR t.base * n.net < 0
