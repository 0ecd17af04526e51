-- Later dates, the latest granted first.
SELECT a.id, a.document_id, d.kind, d.series, d.number, c.number AS customer_number, c.name AS customer_name, d.currency,
       d.open_minor, d.due_on, a.granted_on, a.until_on, a.by, a.reason
FROM arrangements AS a
JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
JOIN customers AS c ON c.seller_id = a.seller_id AND c.id = a.customer_id
WHERE a.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR a.customer_id = %(customer)s)
ORDER BY a.granted_on DESC, a.id DESC
LIMIT %(most)s
