-- Payments, the latest first.
SELECT p.id, p.key, c.number AS customer_number, c.name AS customer_name, p.means, p.funding, p.currency,
       p.amount_minor, p.fee_minor, p.free_minor, p.state, p.on_date, p.reference
FROM payments AS p JOIN customers AS c ON c.seller_id = p.seller_id AND c.id = p.customer_id
WHERE p.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR p.customer_id = %(customer)s)
  AND (%(state)s::text IS NULL OR p.state = %(state)s)
ORDER BY p.on_date DESC, p.id DESC
LIMIT %(most)s
