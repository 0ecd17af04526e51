-- No money is lost or made: what of a settled payment is set against documents, refunded or free is the payment; of a
-- returned one nothing is left.
SELECT p.seller_id, p.id AS payment_id, p.state, p.amount_minor, coalesce(a.amount, 0) AS allocated,
  coalesce(r.amount, 0) AS refunded, p.free_minor
FROM payments AS p
LEFT JOIN (
  SELECT seller_id, payment_id, sum(amount_minor) AS amount FROM allocations GROUP BY seller_id, payment_id
) AS a ON a.seller_id = p.seller_id AND a.payment_id = p.id
LEFT JOIN (
  SELECT seller_id, payment_id, sum(amount_minor) AS amount FROM refunds GROUP BY seller_id, payment_id
) AS r ON r.seller_id = p.seller_id AND r.payment_id = p.id
WHERE CASE p.state
  WHEN 'settled' THEN coalesce(a.amount, 0) + coalesce(r.amount, 0) + p.free_minor <> p.amount_minor
    OR coalesce(a.amount, 0) < 0
  ELSE coalesce(a.amount, 0) <> 0 OR p.free_minor <> 0 OR coalesce(r.amount, 0) > p.amount_minor
END
