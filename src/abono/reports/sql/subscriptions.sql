-- Subscriptions in the order they were made; `billed_to` is the next renewal that is not asked for yet.
SELECT s.id, s.reference, c.number AS customer_number, c.name AS customer_name, p.key AS plan, p.name AS plan_name,
       s.words, s.currency, s.cycle_unit, s.cycle_count, s.anchor_day, s.quantity, s.own_price, s.state, s.started_on,
       s.ends_on, k.billed_to, payer.number AS payer_number
FROM subscriptions AS s
JOIN customers AS c ON c.seller_id = s.seller_id AND c.id = s.customer_id
JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
LEFT JOIN cursors AS k ON k.seller_id = s.seller_id AND k.subscription_id = s.id
LEFT JOIN customers AS payer ON payer.seller_id = k.seller_id AND payer.id = k.payer_id
WHERE s.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR s.customer_id = %(customer)s)
  AND (%(state)s::text IS NULL OR s.state = %(state)s)
ORDER BY s.id
LIMIT %(most)s
