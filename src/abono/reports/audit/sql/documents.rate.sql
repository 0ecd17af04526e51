-- Each tax is its rate of its base, to half a minor unit for each line.
SELECT d.seller_id, d.id AS document_id, d.series, d.number, t.tax::text AS tax
FROM documents AS d
CROSS JOIN LATERAL jsonb_array_elements(
  CASE WHEN jsonb_typeof(d.taxes) = 'array' THEN d.taxes ELSE jsonb_build_array(d.taxes) END
) AS t (tax)
LEFT JOIN (
  SELECT seller_id, document_id, count(*) AS number FROM lines GROUP BY seller_id, document_id
) AS l ON l.seller_id = d.seller_id AND l.document_id = d.id
WHERE CASE
  WHEN jsonb_typeof(t.tax) = 'array' AND t.tax ->> 1 ~ '^[0-9]+([.][0-9]+)?$'
    AND t.tax ->> 2 ~ '^-?[0-9]+$' AND t.tax ->> 3 ~ '^-?[0-9]+$'
  THEN 2 * abs((t.tax ->> 3)::numeric * 10000 - (t.tax ->> 2)::numeric * (t.tax ->> 1)::numeric)
    > 10000 * greatest(l.number, 1)
  ELSE true
END
