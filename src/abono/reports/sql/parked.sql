-- Customers whom the run cannot bill, the longest waiting first.
SELECT c.number, c.name, k.code, k.words, k.since, k.customer_id
FROM parked AS k JOIN customers AS c ON c.seller_id = k.seller_id AND c.id = k.customer_id
WHERE k.seller_id = %(seller)s
ORDER BY k.since, c.number
