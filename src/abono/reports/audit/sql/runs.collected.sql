-- Steps are never executed ahead: the latest day that was collected for is one that billing ran for.
SELECT k.seller_id, k.on_date AS collected, d.on_date AS run_day
FROM collection_days AS k
LEFT JOIN run_days AS d ON d.seller_id = k.seller_id
WHERE d.on_date IS NULL OR k.on_date > d.on_date
