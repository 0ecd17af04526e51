-- What the books say a customer owes is what that customer's invoices and receipts still ask for.
WITH sides (seller_id, customer_id, currency, balance, should_be) AS (
  SELECT seller_id, customer_id, currency, CASE WHEN debit = 'receivable' THEN amount_minor ELSE -amount_minor END, 0
  FROM transfers WHERE 'receivable' IN (debit, credit) AND cause <> 'opening'
  UNION ALL
  SELECT seller_id, customer_id, currency, 0, open_minor FROM documents WHERE kind IN ('invoice', 'receipt')
)
SELECT seller_id, customer_id, currency, sum(balance) AS balance, sum(should_be) AS should_be
FROM sides GROUP BY seller_id, customer_id, currency
HAVING sum(balance) <> sum(should_be)
