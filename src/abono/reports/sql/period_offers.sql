-- Longer periods on offer, the earliest made first; open ones only, unless all are asked for.
SELECT o.id, o.subscription_id, s.reference, s.words, p.name, c.number AS customer_number, c.name AS customer_name,
       s.currency, o.made_on, o.from_on, o.now_unit, o.now_count, o.now_minor, o.new_unit, o.new_count, o.new_minor,
       o.state, o.decided_on
FROM period_offers AS o
JOIN subscriptions AS s ON s.seller_id = o.seller_id AND s.id = o.subscription_id
LEFT JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
JOIN customers AS c ON c.seller_id = o.seller_id AND c.id = o.customer_id
WHERE o.seller_id = %(seller)s AND (%(all)s OR o.state = 'open')
  AND (%(customer)s::uuid IS NULL OR o.customer_id = %(customer)s)
ORDER BY o.made_on, o.id
LIMIT %(most)s
