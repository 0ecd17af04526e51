-- Documents, the latest issued first.
SELECT d.id, d.kind, d.series, d.number, c.number AS customer_number, c.name AS customer_name, d.currency, d.issued_on,
       d.due_on, d.net_minor, d.tax_minor, d.gross_minor, d.open_minor, d.state
FROM documents AS d JOIN customers AS c ON c.seller_id = d.seller_id AND c.id = d.customer_id
WHERE d.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR d.customer_id = %(customer)s)
  AND (%(kind)s::text IS NULL OR d.kind = %(kind)s) AND (%(state)s::text IS NULL OR d.state = %(state)s)
  AND (%(overdue_on)s::date IS NULL OR (d.state = 'open' AND d.due_on < %(overdue_on)s))
ORDER BY d.issued_on DESC, d.id DESC
LIMIT %(most)s
