-- The memo of a settled request is reversed: once for each settlement, and booked again where it was reopened.
WITH owner AS (
  SELECT seller_id, id AS cause_id, id AS request_id FROM documents WHERE kind = 'request'
  UNION ALL
  SELECT seller_id, id, request_id FROM settlements
),
booked AS (
  SELECT o.seller_id, o.request_id, t.customer_id, t.currency,
    sum(CASE WHEN t.credit = 'asked' THEN t.amount_minor WHEN t.debit = 'asked' THEN -t.amount_minor ELSE 0 END) AS reversed,
    count(*) FILTER (WHERE t.cause = 'request_settled') AS times
  FROM transfers AS t
  JOIN owner AS o ON o.seller_id = t.seller_id AND o.cause_id = t.cause_id
  WHERE t.cause IN ('request_settled', 'request_reopened')
  GROUP BY o.seller_id, o.request_id, t.customer_id, t.currency
),
due AS (
  SELECT d.seller_id, d.id AS request_id, d.customer_id, d.currency,
    CASE WHEN d.state = 'settled' THEN d.gross_minor ELSE 0 END AS reversed,
    CASE WHEN d.gross_minor > 0 THEN count(s.id) ELSE 0 END AS times
  FROM documents AS d
  LEFT JOIN settlements AS s ON s.seller_id = d.seller_id AND s.request_id = d.id
  WHERE d.kind = 'request'
  GROUP BY d.seller_id, d.id, d.customer_id, d.currency, d.state, d.gross_minor
)
SELECT seller_id, request_id, customer_id, currency, b.reversed, d.reversed AS should_be, b.times AS bookings,
  d.times AS settlements
FROM booked AS b
FULL JOIN due AS d USING (seller_id, request_id, customer_id, currency)
WHERE coalesce(b.reversed, 0) <> coalesce(d.reversed, 0) OR coalesce(b.times, 0) <> coalesce(d.times, 0)
