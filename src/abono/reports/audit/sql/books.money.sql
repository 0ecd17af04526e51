-- What the books hold of a customer's money is what of it is free or reserved for requests without an invoice; never less
-- than nothing.
WITH booked AS (
  SELECT seller_id, customer_id, currency,
    sum(CASE WHEN credit = 'money' THEN amount_minor ELSE -amount_minor END) FILTER (WHERE cause <> 'opening') AS balance,
    sum(CASE WHEN credit = 'money' THEN amount_minor ELSE -amount_minor END) AS whole
  FROM transfers WHERE 'money' IN (debit, credit)
  GROUP BY seller_id, customer_id, currency
),
held AS (
  SELECT seller_id, customer_id, currency, free_minor AS amount FROM payments
  UNION ALL
  SELECT a.seller_id, d.customer_id, d.currency, a.amount_minor
  FROM allocations AS a
  JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
  WHERE d.kind = 'request' AND NOT EXISTS (
    SELECT FROM documents AS i
    WHERE i.seller_id = d.seller_id AND i.request_id = d.id AND i.kind = 'invoice' AND i.basis = 'settlement'
  )
),
due AS (
  SELECT seller_id, customer_id, currency, sum(amount) AS balance FROM held GROUP BY seller_id, customer_id, currency
)
SELECT seller_id, customer_id, currency, b.balance, d.balance AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, customer_id, currency)
WHERE coalesce(b.balance, 0) <> coalesce(d.balance, 0) OR b.whole < 0
