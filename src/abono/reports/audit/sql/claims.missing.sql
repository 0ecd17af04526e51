-- Nothing is asked for without a claim: each line for a subscription's period lies within a claim of its document, or of
-- a document that it replaces or was made from; what a change adds or gives back, within any claimed period.
WITH RECURSIVE upward (seller_id, id, above) AS (
  SELECT seller_id, id, replaces_id FROM documents WHERE replaces_id IS NOT NULL
  UNION
  SELECT u.seller_id, u.id, coalesce(d.replaces_id, d.request_id)
  FROM upward AS u
  JOIN documents AS d ON d.seller_id = u.seller_id AND d.id = u.above
  WHERE coalesce(d.replaces_id, d.request_id) IS NOT NULL
),
family AS (
  SELECT seller_id, id, above AS relative FROM upward
  UNION
  SELECT seller_id, above, id FROM upward
  UNION
  SELECT a.seller_id, a.id, b.id FROM upward AS a JOIN upward AS b ON b.seller_id = a.seller_id AND b.above = a.above
),
asking AS (
  SELECT seller_id, id FROM documents
  WHERE (kind = 'request' AND state <> 'voided') OR (kind = 'invoice' AND basis IN ('asks', 'replacement'))
),
asked AS (
  SELECT l.seller_id, l.document_id, l.line_no, l.subscription_id, l.period_from, l.period_to,
    l.fraction IS NULL AS adjusts
  FROM lines AS l
  JOIN asking AS d ON d.seller_id = l.seller_id AND d.id = l.document_id
  WHERE l.subscription_id IS NOT NULL AND l.period_from IS NOT NULL AND l.charge_id IS NULL
    -- What takes a part of a charge back lies within the charge on its document.
    AND NOT (l.net_minor < 0 AND EXISTS (
      SELECT FROM lines AS m
      WHERE m.seller_id = l.seller_id AND m.document_id = l.document_id AND m.subscription_id = l.subscription_id
        AND m.charge_id IS NOT NULL AND m.net_minor > 0
        AND m.period_from <= l.period_from AND m.period_to >= l.period_to
    ))
  UNION
  -- A line over several subscriptions; one without a fraction trues up a period that another document asked for.
  SELECT l.seller_id, l.document_id, l.line_no, a.subscription_id, l.period_from, l.period_to, false
  FROM annex_rows AS a
  JOIN lines AS l ON l.seller_id = a.seller_id AND l.document_id = a.document_id AND l.line_no = a.line_no
  JOIN asking AS d ON d.seller_id = l.seller_id AND d.id = l.document_id
  WHERE l.fraction IS NOT NULL AND l.period_from IS NOT NULL AND l.charge_id IS NULL
),
alone AS (
  SELECT a.* FROM asked AS a
  WHERE NOT EXISTS (
    SELECT FROM claims AS c
    WHERE c.seller_id = a.seller_id AND c.subscription_id = a.subscription_id AND c.document_id = a.document_id
      AND c.period_from <= a.period_from AND c.period_to >= a.period_to
  )
)
SELECT a.seller_id, a.document_id, a.line_no, a.subscription_id, a.period_from, a.period_to FROM alone AS a
WHERE NOT EXISTS (
  SELECT FROM claims AS c
  WHERE a.adjusts AND c.seller_id = a.seller_id AND c.subscription_id = a.subscription_id
    AND c.document_id IS NOT NULL AND c.period_from <= a.period_from AND c.period_to >= a.period_to
)
AND NOT EXISTS (
  SELECT FROM claims AS c
  JOIN family AS f ON f.seller_id = c.seller_id AND f.relative = c.document_id
  WHERE f.seller_id = a.seller_id AND f.id = a.document_id AND c.subscription_id = a.subscription_id
    AND c.period_from <= a.period_from AND c.period_to >= a.period_to
)
