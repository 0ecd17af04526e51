-- A service is stopped exactly while a document holds it (one that is over may be held until the next day that runs),
-- and it stands where its last move led.
SELECT s.seller_id, s.id AS subscription_id, s.state, coalesce(h.open_holds, 0) AS open_holds, m.after AS last_move
FROM subscriptions AS s
LEFT JOIN (
  SELECT seller_id, subscription_id, count(*) AS open_holds FROM holds WHERE closed_on IS NULL GROUP BY 1, 2
) AS h ON h.seller_id = s.seller_id AND h.subscription_id = s.id
LEFT JOIN (
  SELECT DISTINCT ON (seller_id, subscription_id) seller_id, subscription_id, move_no, after, on_date
  FROM service_moves ORDER BY seller_id, subscription_id, move_no DESC
) AS m ON m.seller_id = s.seller_id AND m.subscription_id = s.id
LEFT JOIN collection_days AS k ON k.seller_id = s.seller_id
WHERE (s.state IN ('suspended', 'frozen') AND h.open_holds IS NULL)
  OR (h.open_holds > 0 AND s.state NOT IN ('suspended', 'frozen')
    AND NOT (s.state IN ('terminated', 'cancelled') AND m.on_date >= coalesce(k.on_date, m.on_date)))
  OR s.state <> coalesce(m.after, s.state)
  OR s.move_no IS DISTINCT FROM m.move_no
  OR (m.move_no IS NULL AND s.state NOT IN ('ordered', 'active'))
