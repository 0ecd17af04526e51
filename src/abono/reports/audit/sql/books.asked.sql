-- A customer's memo balance is the gross of the requests that are open.
WITH booked AS (
  SELECT seller_id, customer_id, currency,
    sum(CASE WHEN debit = 'asked' THEN amount_minor ELSE -amount_minor END) AS balance
  FROM transfers WHERE 'asked' IN (debit, credit) AND cause <> 'opening'
  GROUP BY seller_id, customer_id, currency
),
due AS (
  SELECT seller_id, customer_id, currency, sum(gross_minor) AS balance
  FROM documents WHERE kind = 'request' AND state = 'open'
  GROUP BY seller_id, customer_id, currency
)
SELECT seller_id, customer_id, currency, b.balance, d.balance AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, customer_id, currency)
WHERE coalesce(b.balance, 0) <> coalesce(d.balance, 0)
