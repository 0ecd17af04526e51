-- Each tax is its rate of its base, to half a minor unit for each line; credit notes give back what was charged, so for them
-- also for each line of what they correct and each note that corrects it.
SELECT d.seller_id, d.id AS document_id, d.series, d.number, t.tax::text AS tax
FROM documents AS d
CROSS JOIN LATERAL jsonb_array_elements(
  CASE WHEN jsonb_typeof(d.taxes) = 'array' THEN d.taxes ELSE jsonb_build_array(d.taxes) END
) AS t (tax)
WHERE CASE
  WHEN jsonb_typeof(t.tax -> 1) = 'number' AND jsonb_typeof(t.tax -> 2) = 'number' AND jsonb_typeof(t.tax -> 3) = 'number'
  THEN 2 * abs((t.tax -> 3)::numeric * 10000 - (t.tax -> 2)::numeric * (t.tax -> 1)::numeric) > 10000
    AND 2 * abs((t.tax -> 3)::numeric * 10000 - (t.tax -> 2)::numeric * (t.tax -> 1)::numeric) > 10000 * (
      SELECT count(*) FROM lines AS l
      WHERE l.seller_id = d.seller_id AND (l.document_id = d.id OR l.document_id = d.corrects_id)
    ) + 10000 * (
      SELECT count(*) FROM documents AS n WHERE n.seller_id = d.seller_id AND n.corrects_id = d.corrects_id
    )
  ELSE true
END
