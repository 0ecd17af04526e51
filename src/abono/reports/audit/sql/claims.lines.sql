-- Each claim is asked for in lines: its document has a line within the claimed period for that subscription, or one over
-- several subscriptions whose annex names it and days of that period.
SELECT c.seller_id, c.subscription_id, c.period_from, c.period_to, c.document_id
FROM claims AS c
WHERE c.document_id IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM lines AS l
    WHERE l.seller_id = c.seller_id AND l.document_id = c.document_id AND l.subscription_id = c.subscription_id
      AND l.charge_id IS NULL AND l.period_from >= c.period_from AND l.period_to <= c.period_to
  )
  AND NOT EXISTS (
    SELECT FROM annex_rows AS a
    WHERE a.seller_id = c.seller_id AND a.document_id = c.document_id AND a.subscription_id = c.subscription_id
      AND a.active_from >= c.period_from AND a.active_to <= c.period_to
  )
