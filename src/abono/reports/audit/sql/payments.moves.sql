-- Payments move as the table of moves allows, each move from where the one before it led, none left out.
WITH allowed (before, after) AS (
  VALUES (NULL, 'reported'), (NULL, 'unknown'), (NULL, 'pending'), (NULL, 'settled'), (NULL, 'failed'),
    ('reported', 'pending'), ('reported', 'settled'), ('reported', 'failed'),
    ('unknown', 'pending'), ('unknown', 'settled'), ('unknown', 'failed'),
    ('pending', 'settled'), ('pending', 'failed'),
    ('settled', 'returned')
)
SELECT m.seller_id, m.payment_id, m.move_no, m.before, m.after, m.led_to
FROM (
  SELECT seller_id, payment_id, move_no, before, after,
    lag(after) OVER told AS led_to, lag(move_no) OVER told AS previous_no
  FROM payment_moves
  WINDOW told AS (PARTITION BY seller_id, payment_id ORDER BY move_no)
) AS m
WHERE m.before IS DISTINCT FROM m.led_to
  OR m.move_no <> m.previous_no + 1
  OR NOT EXISTS (
    SELECT FROM allowed AS a WHERE a.before IS NOT DISTINCT FROM m.before AND a.after = m.after
  )
