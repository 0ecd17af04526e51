-- Everything that happened to a customer, or to a few documents of theirs: facts, and money set against documents.
WITH mine AS (
  SELECT id FROM payments AS p WHERE p.seller_id = %(seller)s AND p.customer_id = %(customer)s
    AND %(documents)s::uuid[] IS NOT NULL
    AND EXISTS (SELECT 1 FROM allocations AS a WHERE a.seller_id = p.seller_id AND a.payment_id = p.id
                AND a.document_id = ANY(%(documents)s::uuid[]))
), story AS (
  SELECT id, kind, on_date, at, cause, data, customer_id, document_id, subject_id, NULL::bigint AS amount_minor
  FROM facts
  WHERE seller_id = %(seller)s AND customer_id = %(customer)s
    AND (%(documents)s::uuid[] IS NULL OR document_id = ANY(%(documents)s::uuid[])
         OR subject_id IN (SELECT id FROM mine))
  UNION ALL
  SELECT f.id, f.kind, f.on_date, f.at, f.cause, f.data, f.customer_id, f.document_id, f.subject_id, NULL
  FROM facts AS f
  WHERE f.seller_id = %(seller)s AND f.subject_id = %(customer)s AND %(documents)s::uuid[] IS NULL
    AND f.customer_id IN (SELECT s.customer_id FROM sponsorships AS s
                          WHERE s.seller_id = %(seller)s AND s.payer_id = %(customer)s)
  UNION ALL
  SELECT id, CASE WHEN amount_minor > 0 THEN 'MoneyUsed' ELSE 'MoneyFreed' END, on_date, NULL, cause, NULL, customer_id,
         document_id, payment_id, abs(amount_minor)
  FROM allocations
  WHERE seller_id = %(seller)s AND customer_id = %(customer)s
    AND (%(documents)s::uuid[] IS NULL OR document_id = ANY(%(documents)s::uuid[]))
)
SELECT e.kind, e.on_date, e.at, e.cause, e.data, e.amount_minor, c.number, c.name,
       d.id, d.kind, d.series, d.number, d.currency, d.gross_minor, d.due_on, d.extra ->> 'request',
       p.key, p.means, p.currency, p.amount_minor, s.id, s.words, n.name, l.name, g.words, g.net_minor, g.currency,
       o.number, o.name, t.name
FROM story AS e
JOIN customers AS c ON c.seller_id = %(seller)s AND c.id = e.customer_id
LEFT JOIN documents AS d ON d.seller_id = %(seller)s AND d.id = e.document_id
LEFT JOIN payments AS p ON p.seller_id = %(seller)s AND p.id = e.subject_id
LEFT JOIN subscriptions AS s ON s.seller_id = %(seller)s AND s.id = e.subject_id
LEFT JOIN plans AS n ON n.seller_id = %(seller)s AND n.id = coalesce((e.data ->> 'plan')::uuid, s.plan_id)
LEFT JOIN locations AS l ON l.seller_id = %(seller)s AND l.id = e.subject_id
LEFT JOIN charges AS g ON g.seller_id = %(seller)s AND g.id = e.subject_id
LEFT JOIN customers AS o ON o.seller_id = %(seller)s AND o.id = e.subject_id
LEFT JOIN contacts AS t ON t.seller_id = %(seller)s AND t.id = e.subject_id
ORDER BY e.on_date, e.id
