-- Harmful steps that wait, the longest waiting first: of which document, since when, until when, and why.
SELECT p.document_id, d.kind, d.series, d.number, d.customer_id, c.number AS customer_number, c.name AS customer_name,
       d.currency, d.open_minor, d.due_on, d.policy_version, p.round_no, p.step_no, p.scheduled_on, p.since_on, p.until_on, p.why
FROM postponed_steps AS p
JOIN documents AS d ON d.seller_id = p.seller_id AND d.id = p.document_id
JOIN customers AS c ON c.seller_id = d.seller_id AND c.id = d.customer_id
WHERE p.seller_id = %(seller)s
ORDER BY p.since_on, p.scheduled_on, d.due_on, d.id
LIMIT %(most)s
