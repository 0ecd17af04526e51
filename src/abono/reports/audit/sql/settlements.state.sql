-- A request is settled only by a settlement, and one that was never settled is never called so.
SELECT r.seller_id, r.id AS request_id, r.series, r.number, r.state, count(s.id) AS settlements
FROM documents AS r
LEFT JOIN settlements AS s ON s.seller_id = r.seller_id AND s.request_id = r.id
WHERE r.kind = 'request'
GROUP BY r.seller_id, r.id, r.series, r.number, r.state
HAVING r.state = 'settled' AND count(s.id) = 0
