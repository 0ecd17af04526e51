-- Each payment is in the state that its last move says.
SELECT p.seller_id, p.id AS payment_id, p.state, m.after AS last_move
FROM payments AS p
LEFT JOIN (
  SELECT DISTINCT ON (seller_id, payment_id) seller_id, payment_id, after
  FROM payment_moves ORDER BY seller_id, payment_id, move_no DESC
) AS m ON m.seller_id = p.seller_id AND m.payment_id = p.id
WHERE p.state IS DISTINCT FROM m.after
