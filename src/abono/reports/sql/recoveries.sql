-- Recoveries of terminated services, the one that is over first at the top; those that stand open only, unless all.
SELECT r.id, r.subscription_id, s.reference, s.words, p.name, c.number AS customer_number, c.name AS customer_name, s.currency,
       r.terminated_on, r.expires_on, r.fee_minor, r.state, r.decided_on, r.document_id, d.kind, d.series, d.number
FROM recoveries AS r
JOIN subscriptions AS s ON s.seller_id = r.seller_id AND s.id = r.subscription_id
LEFT JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
JOIN customers AS c ON c.seller_id = r.seller_id AND c.id = r.customer_id
LEFT JOIN documents AS d ON d.seller_id = r.seller_id AND d.id = r.document_id
WHERE r.seller_id = %(seller)s AND (%(all)s OR r.state IN ('offered', 'asked'))
  AND (%(customer)s::uuid IS NULL OR r.customer_id = %(customer)s)
ORDER BY r.expires_on, r.id
LIMIT %(most)s
