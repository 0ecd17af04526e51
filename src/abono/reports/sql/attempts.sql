-- Attempts to charge saved methods, the latest first.
SELECT a.id, a.key, c.number AS customer_number, c.name AS customer_name, d.kind, d.series, d.number, a.means, m.brand,
       m.last4, a.currency, a.amount_minor, a.try_no, a.state, a.planned_on, a.sent_on, a.code, a.retry_on, a.asked,
       a.ask_at, a.words
FROM attempts AS a
JOIN customers AS c ON c.seller_id = a.seller_id AND c.id = a.customer_id
JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
JOIN methods AS m ON m.seller_id = a.seller_id AND m.id = a.method_id
WHERE a.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR a.customer_id = %(customer)s)
  AND (%(states)s::text[] IS NULL OR a.state = ANY(%(states)s))
ORDER BY a.id DESC
LIMIT %(most)s
