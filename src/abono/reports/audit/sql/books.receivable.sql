-- What the books say a customer owes is what that customer's invoices and receipts still ask for.
WITH booked AS (
  SELECT seller_id, customer_id, currency,
    sum(CASE WHEN debit = 'receivable' THEN amount_minor ELSE -amount_minor END) AS balance
  FROM transfers WHERE 'receivable' IN (debit, credit) AND cause <> 'opening'
  GROUP BY seller_id, customer_id, currency
),
due AS (
  SELECT seller_id, customer_id, currency, sum(open_minor) AS balance
  FROM documents WHERE kind IN ('invoice', 'receipt')
  GROUP BY seller_id, customer_id, currency
)
SELECT seller_id, customer_id, currency, b.balance, d.balance AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, customer_id, currency)
WHERE coalesce(b.balance, 0) <> coalesce(d.balance, 0)
