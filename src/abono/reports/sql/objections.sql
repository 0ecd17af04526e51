-- Objections, the oldest first; open ones only, unless all are asked for.
SELECT o.id, o.document_id, d.kind, d.series, d.number, c.number AS customer_number, c.name AS customer_name, d.currency,
       d.open_minor, o.words, o.state, o.opened_on, o.decided_on, o.decision
FROM objections AS o
JOIN documents AS d ON d.seller_id = o.seller_id AND d.id = o.document_id
JOIN customers AS c ON c.seller_id = o.seller_id AND c.id = o.customer_id
WHERE o.seller_id = %(seller)s AND (%(all)s OR o.state = 'open')
  AND (%(customer)s::uuid IS NULL OR o.customer_id = %(customer)s)
ORDER BY o.opened_on, o.id
LIMIT %(most)s
