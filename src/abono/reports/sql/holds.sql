-- Holds with the service and the document, the earliest first; open ones only, unless all are asked for.
SELECT h.subscription_id, s.reference, s.words, p.name, c.number AS customer_number, c.name AS customer_name, h.document_id,
       d.kind, d.series, d.number, d.currency, d.open_minor, d.due_on, h.customer_id, h.round_no, h.step_no, h.scope,
       h.opened_on, h.closed_on, h.closed_by
FROM holds AS h
JOIN subscriptions AS s ON s.seller_id = h.seller_id AND s.id = h.subscription_id
LEFT JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
JOIN customers AS c ON c.seller_id = s.seller_id AND c.id = s.customer_id
JOIN documents AS d ON d.seller_id = h.seller_id AND d.id = h.document_id
WHERE h.seller_id = %(seller)s AND (%(closed)s OR h.closed_on IS NULL)
  AND (%(services)s::uuid[] IS NULL OR h.subscription_id = ANY(%(services)s::uuid[]))
  AND (%(customer)s::uuid IS NULL OR s.customer_id = %(customer)s OR h.customer_id = %(customer)s)
ORDER BY h.opened_on, c.number, h.subscription_id, h.document_id, h.round_no, h.scope
LIMIT %(most)s
