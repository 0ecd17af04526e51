-- The latest day that billing ran for is remembered: no run was finished for a later one.
SELECT r.seller_id, max(r.on_date) AS last_done, d.on_date AS run_day
FROM billing_runs AS r
LEFT JOIN run_days AS d ON d.seller_id = r.seller_id
WHERE r.state = 'done'
GROUP BY r.seller_id, d.on_date
HAVING max(r.on_date) > d.on_date OR d.on_date IS NULL
