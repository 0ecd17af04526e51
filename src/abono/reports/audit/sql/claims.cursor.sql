-- Billing stands where the claims end, or at the start of a subscription that has none.
SELECT k.seller_id, k.subscription_id, k.billed_to, coalesce(c.claimed_to, s.started_on) AS claimed_to
FROM cursors AS k
JOIN subscriptions AS s ON s.seller_id = k.seller_id AND s.id = k.subscription_id
LEFT JOIN (
  SELECT seller_id, subscription_id, max(period_to) AS claimed_to FROM claims GROUP BY seller_id, subscription_id
) AS c ON c.seller_id = k.seller_id AND c.subscription_id = k.subscription_id
WHERE k.billed_to <> coalesce(c.claimed_to, s.started_on)
