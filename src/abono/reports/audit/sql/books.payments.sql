-- Money that came in is booked whole, once, where its means clears; what was refunded or returned went out the same way.
WITH booked AS (
  SELECT t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency, side.account, sum(side.amount) AS amount
  FROM transfers AS t
  CROSS JOIN LATERAL (VALUES (t.debit, t.amount_minor), (t.credit, -t.amount_minor)) AS side (account, amount)
  WHERE t.cause IN ('payment_settled', 'payment_returned', 'refund')
  GROUP BY t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency, side.account
),
flows AS (
  SELECT p.seller_id, p.id AS cause_id, 'payment_settled' AS cause, p.customer_id, p.currency, p.means, p.amount_minor AS amount
  FROM payments AS p WHERE p.state IN ('settled', 'returned')
  UNION ALL
  SELECT p.seller_id, p.id, 'payment_returned', p.customer_id, p.currency, p.means,
    coalesce(sum(r.amount_minor), 0) - p.amount_minor
  FROM payments AS p
  LEFT JOIN refunds AS r ON r.seller_id = p.seller_id AND r.payment_id = p.id
  WHERE p.state = 'returned'
  GROUP BY p.seller_id, p.id, p.customer_id, p.currency, p.means, p.amount_minor
  UNION ALL
  SELECT r.seller_id, r.id, 'refund', r.customer_id, p.currency, p.means, -r.amount_minor
  FROM refunds AS r
  JOIN payments AS p ON p.seller_id = r.seller_id AND p.id = r.payment_id
),
due AS (
  SELECT seller_id, cause_id, cause, customer_id, currency, 'clearing:' || means AS account, amount FROM flows
  UNION ALL
  SELECT seller_id, cause_id, cause, customer_id, currency, 'money', -amount FROM flows
)
SELECT seller_id, cause_id, cause, customer_id, currency, account, b.amount AS booked, d.amount AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, cause_id, cause, customer_id, currency, account)
WHERE coalesce(b.amount, 0) <> coalesce(d.amount, 0)
