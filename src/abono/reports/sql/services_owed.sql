-- Which of the services each open document of the payers bills, or holds.
WITH owed AS (
  SELECT id FROM documents WHERE seller_id = %(seller)s AND customer_id = ANY(%(payers)s::uuid[]) AND state = 'open'
    AND open_minor > 0 AND kind IN ('request', 'invoice')
), billed AS (
  SELECT l.document_id, coalesce(l.subscription_id, g.subscription_id) AS subscription_id
  FROM owed JOIN lines AS l ON l.seller_id = %(seller)s AND l.document_id = owed.id
  LEFT JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
  UNION
  SELECT a.document_id, a.subscription_id
  FROM owed JOIN annex_rows AS a ON a.seller_id = %(seller)s AND a.document_id = owed.id
)
SELECT owed.id, b.subscription_id FROM owed LEFT JOIN billed AS b ON b.document_id = owed.id
  AND b.subscription_id = ANY(%(services)s::uuid[])
