-- No day of a subscription is claimed twice, and none before it started.
SELECT seller_id, subscription_id, period_from, period_to, coalesce(ended, started_on) AS should_begin_on
FROM (
  SELECT c.seller_id, c.subscription_id, c.period_from, c.period_to, s.started_on,
    max(c.period_to) OVER (
      PARTITION BY c.seller_id, c.subscription_id ORDER BY c.period_from, c.period_to
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS ended
  FROM claims AS c
  JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
) AS chain
WHERE period_from < coalesce(ended, started_on) OR period_to <= period_from
