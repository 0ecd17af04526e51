-- The latest day that billing ran for is a day of a run, and no run was finished for a later one.
SELECT coalesce(d.seller_id, r.seller_id) AS seller_id, d.on_date AS run_day, r.last_done
FROM run_days AS d
FULL JOIN (
  SELECT seller_id, max(on_date) FILTER (WHERE state = 'done') AS last_done
  FROM billing_runs GROUP BY seller_id
) AS r ON r.seller_id = d.seller_id
WHERE coalesce(r.last_done > d.on_date, r.last_done IS NOT NULL AND d.on_date IS NULL)
  OR (d.on_date IS NOT NULL AND NOT EXISTS (
    SELECT FROM billing_runs AS b WHERE b.seller_id = d.seller_id AND b.on_date = d.on_date
  ))
