-- Plans by key, one row for each price; a plan without a price has one row without it.
SELECT p.id, p.key, p.name, p.category, p.counted, r.currency, r.cycle_unit, r.cycle_count, r.effective_on, r.model,
       r.unit_price, r.tiers, r.setup_minor, r.index_name
FROM plans AS p LEFT JOIN prices AS r ON r.seller_id = p.seller_id AND r.plan_id = p.id
WHERE p.seller_id = %(seller)s
ORDER BY p.key, r.currency, r.cycle_unit DESC, r.cycle_count, r.effective_on
