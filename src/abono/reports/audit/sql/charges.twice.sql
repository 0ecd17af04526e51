-- Each charge is asked for at most once, and one that is asked for knows it.
WITH RECURSIVE upward (seller_id, id, above) AS (
  SELECT seller_id, id, replaces_id FROM documents WHERE replaces_id IS NOT NULL
  UNION
  SELECT u.seller_id, u.id, coalesce(d.replaces_id, d.request_id)
  FROM upward AS u
  JOIN documents AS d ON d.seller_id = u.seller_id AND d.id = u.above
  WHERE coalesce(d.replaces_id, d.request_id) IS NOT NULL
),
tops AS (
  SELECT u.seller_id, u.id, min(u.above::text)::uuid AS top
  FROM upward AS u
  JOIN documents AS d ON d.seller_id = u.seller_id AND d.id = u.above AND d.replaces_id IS NULL AND d.request_id IS NULL
  GROUP BY u.seller_id, u.id
),
asked AS (
  SELECT l.seller_id, l.charge_id, l.document_id, coalesce(t.top, l.document_id) AS top
  FROM lines AS l
  JOIN documents AS d ON d.seller_id = l.seller_id AND d.id = l.document_id
  LEFT JOIN tops AS t ON t.seller_id = d.seller_id AND t.id = d.id
  WHERE l.charge_id IS NOT NULL
    AND ((d.kind = 'request' AND d.state <> 'voided') OR (d.kind = 'invoice' AND d.basis IN ('asks', 'replacement')))
)
SELECT a.seller_id, a.charge_id, count(DISTINCT a.top) AS times, count(*) - count(DISTINCT a.document_id) AS lines_too_many,
  min(c.document_id::text) AS asked_by
FROM asked AS a
LEFT JOIN charges AS c ON c.seller_id = a.seller_id AND c.id = a.charge_id
GROUP BY a.seller_id, a.charge_id
HAVING count(DISTINCT a.top) > 1 OR count(*) <> count(DISTINCT a.document_id) OR min(c.document_id::text) IS NULL
