-- The link of each claim names the end of the claim before it, and only the first has none.
SELECT seller_id, subscription_id, period_from, follows, ended AS should_follow
FROM (
  SELECT c.seller_id, c.subscription_id, c.period_from, c.follows,
    lag(c.period_to) OVER (PARTITION BY c.seller_id, c.subscription_id ORDER BY c.period_from) AS ended
  FROM claims AS c
) AS chain
WHERE follows IS DISTINCT FROM ended
