-- Charges and credits that no document asks for yet, the oldest first.
SELECT g.id, g.key, c.number, c.name, p.number, g.kind, g.words, g.currency, g.on_date, g.net_minor
FROM charges AS g
JOIN customers AS c ON c.seller_id = g.seller_id AND c.id = g.customer_id
JOIN customers AS p ON p.seller_id = g.seller_id AND p.id = g.payer_id
WHERE g.seller_id = %(seller)s AND g.document_id IS NULL AND (NOT %(credits)s OR g.net_minor < 0)
  AND (%(customer)s::uuid IS NULL OR g.customer_id = %(customer)s OR g.payer_id = %(customer)s)
ORDER BY g.on_date, g.id LIMIT %(most)s
