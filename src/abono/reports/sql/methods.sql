-- Saved methods, the latest first.
SELECT m.id, c.number AS customer_number, c.name AS customer_name, m.means, m.brand, m.last4, m.expires_on, m.funding,
       m.state, m.added_on
FROM methods AS m JOIN customers AS c ON c.seller_id = m.seller_id AND c.id = m.customer_id
WHERE m.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR m.customer_id = %(customer)s)
ORDER BY m.id DESC
LIMIT %(most)s
