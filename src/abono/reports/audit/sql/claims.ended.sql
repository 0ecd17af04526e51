-- No contract is billed beyond its end: where billing has reached the end, billing has stopped.
SELECT k.seller_id, k.subscription_id, k.billed_to, s.ends_on
FROM cursors AS k
JOIN subscriptions AS s ON s.seller_id = k.seller_id AND s.id = k.subscription_id
WHERE k.billed_to >= s.ends_on
