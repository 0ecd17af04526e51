-- Only money that arrived is used: no payment that never settled is set against a document or refunded.
SELECT p.seller_id, p.id AS payment_id, p.state, u.used_by, u.id
FROM payments AS p
JOIN (
  SELECT seller_id, payment_id, 'allocation' AS used_by, id FROM allocations
  UNION ALL
  SELECT seller_id, payment_id, 'refund', id FROM refunds
) AS u ON u.seller_id = p.seller_id AND u.payment_id = p.id
WHERE p.state NOT IN ('settled', 'returned')
