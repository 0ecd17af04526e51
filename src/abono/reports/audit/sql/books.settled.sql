-- The memo of a settled request is reversed: once for each settlement, and booked again where it was reopened.
WITH owner AS (
  SELECT seller_id, id AS cause_id, request_id FROM settlements
  UNION ALL
  SELECT seller_id, id, document_id FROM allocations
),
sides (seller_id, request_id, customer_id, currency, reversed, should_be, bookings, settlements) AS (
  SELECT o.seller_id, o.request_id, t.customer_id, t.currency,
    CASE WHEN t.credit = 'asked' THEN t.amount_minor WHEN t.debit = 'asked' THEN -t.amount_minor ELSE 0 END, 0,
    CASE WHEN t.cause = 'request_settled' THEN 1 ELSE 0 END, 0
  FROM transfers AS t
  JOIN owner AS o ON o.seller_id = t.seller_id AND o.cause_id = t.cause_id
  WHERE t.cause IN ('request_settled', 'request_reopened')
  UNION ALL
  SELECT seller_id, id, customer_id, currency, 0, CASE WHEN state = 'settled' THEN gross_minor ELSE 0 END, 0, 0
  FROM documents WHERE kind = 'request'
  UNION ALL
  SELECT d.seller_id, d.id, d.customer_id, d.currency, 0, 0, 0, 1
  FROM settlements AS s
  JOIN documents AS d ON d.seller_id = s.seller_id AND d.id = s.request_id
  WHERE d.gross_minor > 0
)
SELECT seller_id, request_id, customer_id, currency, sum(reversed) AS reversed, sum(should_be) AS should_be,
  sum(bookings) AS bookings, sum(settlements) AS settlements
FROM sides
GROUP BY seller_id, request_id, customer_id, currency
HAVING sum(reversed) <> sum(should_be) OR sum(bookings) <> sum(settlements)
