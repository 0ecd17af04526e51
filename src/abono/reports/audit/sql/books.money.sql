-- What the books hold of a customer's money is what of it is free or reserved for requests without an invoice; never less
-- than nothing.
WITH sides (seller_id, customer_id, currency, balance, opening, should_be) AS (
  SELECT seller_id, customer_id, currency, CASE WHEN credit = 'money' THEN amount_minor ELSE -amount_minor END, 0, 0
  FROM transfers WHERE 'money' IN (debit, credit)
  UNION ALL
  SELECT seller_id, customer_id, currency, 0, CASE WHEN credit = 'money' THEN amount_minor ELSE -amount_minor END, 0
  FROM transfers WHERE 'money' IN (debit, credit) AND cause = 'opening'
  UNION ALL
  SELECT seller_id, customer_id, currency, 0, 0, free_minor FROM payments
  UNION ALL
  SELECT a.seller_id, d.customer_id, d.currency, 0, 0, a.amount_minor
  FROM allocations AS a
  JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
  WHERE d.kind = 'request' AND NOT EXISTS (
    SELECT FROM documents AS i
    WHERE i.seller_id = d.seller_id AND i.request_id = d.id AND i.kind = 'invoice' AND i.basis = 'settlement'
  )
)
SELECT seller_id, customer_id, currency, sum(balance) AS balance, sum(opening) + sum(should_be) AS should_be
FROM sides GROUP BY seller_id, customer_id, currency
HAVING sum(balance) <> sum(opening) + sum(should_be) OR sum(balance) < 0
