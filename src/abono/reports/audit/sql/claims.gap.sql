-- No day of a subscription is left out: each claimed period begins where the one before it ended, the first on the start.
SELECT seller_id, subscription_id, period_from, coalesce(ended, started_on) AS should_begin_on
FROM (
  SELECT c.seller_id, c.subscription_id, c.period_from, s.started_on,
    lag(c.period_to) OVER (PARTITION BY c.seller_id, c.subscription_id ORDER BY c.period_from) AS ended
  FROM claims AS c
  JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
) AS chain
WHERE period_from > coalesce(ended, started_on)
