-- Periods follow from the start of the terms, the cycle and the anchor day alone: a claim never crosses an anchor, and ends
-- before one only where unbilled days begin or end, or where the contract or its terms end.
WITH terms AS (
  SELECT seller_id, id, cycle_unit, cycle_count, anchor_day, terms_from, ends_on,
    12 * extract(year FROM terms_from)::int + extract(month FROM terms_from)::int - 1 AS start_month
  FROM subscriptions
),
chain AS (
  SELECT c.seller_id, c.subscription_id, c.period_from, c.period_to, c.reason,
    lead(c.reason) OVER later AS next_reason, lead(c.period_from) OVER later AS next_from,
    s.cycle_unit, s.cycle_count, s.anchor_day, s.terms_from, s.ends_on, s.start_month,
    12 * extract(year FROM c.period_from)::int + extract(month FROM c.period_from)::int - 1 AS month
  FROM claims AS c
  JOIN terms AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
  WINDOW later AS (PARTITION BY c.seller_id, c.subscription_id ORDER BY c.period_from)
),
turning AS (
  -- The grid's month at or before the claim's month, for cycles of months; the grid's first day, for cycles of weeks.
  SELECT chain.*,
    CASE WHEN cycle_unit = 'month'
      THEN month - ((month - start_month) % cycle_count + cycle_count) % cycle_count ELSE start_month END AS turn
  FROM chain
),
anchors AS (
  SELECT turning.*,
    first_day.day + least(anchor_day, extract(day FROM first_day.day + interval '1 month - 1 day')::int) - 1 AS one,
    next_day.day + least(anchor_day, extract(day FROM next_day.day + interval '1 month - 1 day')::int) - 1 AS other
  FROM turning
  CROSS JOIN LATERAL (SELECT make_date(turn / 12, turn % 12 + 1, 1) AS day) AS first_day
  CROSS JOIN LATERAL (
    SELECT make_date((turn + cycle_count) / 12, (turn + cycle_count) % 12 + 1, 1) AS day
  ) AS next_day
),
bounded AS (
  SELECT anchors.*,
    CASE
      WHEN cycle_unit = 'week' THEN period_from + 7 * cycle_count
        - ((period_from - one) % (7 * cycle_count) + 7 * cycle_count) % (7 * cycle_count)
      WHEN one > period_from THEN one
      ELSE other
    END AS next_anchor
  FROM anchors
)
SELECT seller_id, subscription_id, period_from, period_to, next_anchor
FROM bounded
WHERE CASE
  WHEN period_from < terms_from THEN period_to > terms_from
  ELSE period_to > next_anchor
    OR (period_to < next_anchor
      AND reason IS NULL AND next_reason IS NULL
      AND NOT (next_from IS NULL AND ends_on IS NOT NULL AND period_to >= ends_on))
END
