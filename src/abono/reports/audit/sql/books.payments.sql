-- Money that came in is booked whole, once, where its means clears; what was refunded or returned went out the same way.
WITH flows (seller_id, cause_id, cause, customer_id, currency, means, amount) AS (
  SELECT seller_id, id, 'payment_settled', customer_id, currency, means, amount_minor
  FROM payments WHERE state IN ('settled', 'returned')
  UNION ALL
  SELECT seller_id, id, 'payment_returned', customer_id, currency, means, -amount_minor
  FROM payments WHERE state = 'returned'
  UNION ALL
  SELECT p.seller_id, p.id, 'payment_returned', p.customer_id, p.currency, p.means, r.amount_minor
  FROM payments AS p
  JOIN refunds AS r ON r.seller_id = p.seller_id AND r.payment_id = p.id
  WHERE p.state = 'returned'
  UNION ALL
  SELECT r.seller_id, r.id, 'refund', r.customer_id, p.currency, p.means, -r.amount_minor
  FROM refunds AS r
  JOIN payments AS p ON p.seller_id = r.seller_id AND p.id = r.payment_id
),
sides (seller_id, cause_id, cause, customer_id, currency, account, booked, should_be) AS (
  SELECT seller_id, cause_id, cause, customer_id, currency, debit, amount_minor, 0
  FROM transfers WHERE cause IN ('payment_settled', 'payment_returned', 'refund')
  UNION ALL
  SELECT seller_id, cause_id, cause, customer_id, currency, credit, -amount_minor, 0
  FROM transfers WHERE cause IN ('payment_settled', 'payment_returned', 'refund')
  UNION ALL
  SELECT seller_id, cause_id, cause, customer_id, currency, 'clearing:' || means, 0, amount FROM flows
  UNION ALL
  SELECT seller_id, cause_id, cause, customer_id, currency, 'money', 0, -amount FROM flows
)
SELECT seller_id, cause_id, cause, customer_id, currency, account, sum(booked) AS booked, sum(should_be) AS should_be
FROM sides
GROUP BY seller_id, cause_id, cause, customer_id, currency, account
HAVING sum(booked) <> sum(should_be)
