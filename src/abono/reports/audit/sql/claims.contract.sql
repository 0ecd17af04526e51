-- Every contract is still being billed, or was billed up to its end, or was cancelled: none has dropped out of billing.
SELECT s.seller_id, s.id AS subscription_id, s.state, s.started_on, s.ends_on, c.claimed_to
FROM subscriptions AS s
LEFT JOIN cursors AS k ON k.seller_id = s.seller_id AND k.subscription_id = s.id
LEFT JOIN (
  SELECT seller_id, subscription_id, max(period_to) AS claimed_to FROM claims GROUP BY seller_id, subscription_id
) AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id
WHERE k.subscription_id IS NULL AND s.cycle_unit <> 'none'
  AND NOT CASE
    WHEN s.ends_on IS NULL THEN s.state IN ('cancelled', 'terminated')
    ELSE coalesce(c.claimed_to, s.started_on) >= s.ends_on
  END
