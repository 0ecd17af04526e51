-- A customer's memo balance is the gross of the requests that are open.
WITH sides (seller_id, customer_id, currency, balance, should_be) AS (
  SELECT seller_id, customer_id, currency, CASE WHEN debit = 'asked' THEN amount_minor ELSE -amount_minor END, 0
  FROM transfers WHERE 'asked' IN (debit, credit) AND cause <> 'opening'
  UNION ALL
  SELECT seller_id, customer_id, currency, 0, gross_minor FROM documents WHERE kind = 'request' AND state = 'open'
)
SELECT seller_id, customer_id, currency, sum(balance) AS balance, sum(should_be) AS should_be
FROM sides GROUP BY seller_id, customer_id, currency
HAVING sum(balance) <> sum(should_be)
