-- Each import made what it says it made; one that was undone left nothing but the record of each customer it removed.
WITH made AS (
  SELECT seller_id, batch_id, count(customer_id) AS customers, count(subscription_id) AS subscriptions
  FROM import_rows GROUP BY seller_id, batch_id
),
removed AS (
  SELECT seller_id, subject_id AS batch_id, count(DISTINCT customer_id) AS customers
  FROM facts WHERE kind = 'CustomerRemoved' GROUP BY seller_id, subject_id
)
SELECT b.seller_id, b.id AS import_id, b.state, b.customers, b.subscriptions, m.customers AS customers_there,
  m.subscriptions AS subscriptions_there, r.customers AS customers_removed
FROM import_batches AS b
LEFT JOIN made AS m ON m.seller_id = b.seller_id AND m.batch_id = b.id
LEFT JOIN removed AS r ON r.seller_id = b.seller_id AND r.batch_id = b.id
WHERE CASE b.state
    WHEN 'done' THEN coalesce(m.customers, 0) <> b.customers OR coalesce(m.subscriptions, 0) <> b.subscriptions
      OR r.customers IS NOT NULL
    ELSE m.batch_id IS NOT NULL OR coalesce(r.customers, 0) <> b.customers
  END
UNION ALL
SELECT f.seller_id, f.subject_id, 'removed, and there', NULL, NULL, 1, NULL, NULL
FROM facts AS f
JOIN customers AS c ON c.seller_id = f.seller_id AND c.id = f.customer_id
WHERE f.kind = 'CustomerRemoved'
