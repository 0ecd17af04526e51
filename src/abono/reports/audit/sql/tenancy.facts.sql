-- No fact of one seller is about a thing of another.
WITH things AS (
  SELECT seller_id, id FROM customers
  UNION ALL SELECT seller_id, id FROM billing_profiles
  UNION ALL SELECT seller_id, id FROM contacts
  UNION ALL SELECT seller_id, id FROM locations
  UNION ALL SELECT seller_id, id FROM plans
  UNION ALL SELECT seller_id, id FROM prices
  UNION ALL SELECT seller_id, id FROM subscriptions
  UNION ALL SELECT seller_id, id FROM discounts
  UNION ALL SELECT seller_id, id FROM planned_changes
  UNION ALL SELECT seller_id, id FROM charges
  UNION ALL SELECT seller_id, id FROM documents
  UNION ALL SELECT seller_id, id FROM settlements
  UNION ALL SELECT seller_id, id FROM billing_runs
  UNION ALL SELECT seller_id, id FROM payments
  UNION ALL SELECT seller_id, id FROM allocations
  UNION ALL SELECT seller_id, id FROM refunds
  UNION ALL SELECT seller_id, id FROM import_batches
)
SELECT f.seller_id, f.id AS fact_id, f.kind, f.subject_id, t.seller_id AS belongs_to
FROM facts AS f
JOIN things AS t ON t.id = f.subject_id AND t.seller_id <> f.seller_id
WHERE NOT EXISTS (SELECT FROM things AS own WHERE own.seller_id = f.seller_id AND own.id = f.subject_id)
