-- Nobody is spared: once a suspension was executed for a document that is still owed, each service in its scope that
-- could be stopped on that day was held by it. (Who came, or was ordered or begun, on that day or later is not in its
-- scope. What asks only for services that had not begun, or for one to come back, stops nothing else.)
WITH stopped AS (
  SELECT t.seller_id, t.document_id, t.round_no, t.step_no, t.scope, t.on_date, t.at, d.customer_id,
    -- Only what the policy's text says outside its comments.
    regexp_replace(v.text, '#[^\n]*', '', 'g') ~ 'on_unpaid_partner["'']?\s*=\s*["'']partner-only["'']' AS partner_only
  FROM steps AS t
  JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id AND d.state = 'open' AND d.open_minor > 0
  JOIN policy_versions AS v ON v.seller_id = d.seller_id AND v.version = d.policy_version
  WHERE t.action = 'suspend' AND t.outcome = 'done' AND NOT EXISTS (
    SELECT FROM rounds AS r
    WHERE r.seller_id = t.seller_id AND r.document_id = t.document_id AND r.round_no > t.round_no
  )
),
served AS (
  SELECT o.*, l.subscription_id
  FROM stopped AS o JOIN lines AS l USING (seller_id, document_id)
  WHERE l.subscription_id IS NOT NULL
  UNION
  SELECT o.*, a.subscription_id
  FROM stopped AS o JOIN annex_rows AS a USING (seller_id, document_id)
  UNION
  SELECT o.*, g.subscription_id
  FROM stopped AS o
  JOIN lines AS l USING (seller_id, document_id)
  JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
  WHERE g.subscription_id IS NOT NULL
),
indebted AS (
  SELECT o.* FROM stopped AS o
  WHERE o.scope = 'debtor'
    AND NOT EXISTS (SELECT FROM recoveries AS r WHERE r.seller_id = o.seller_id AND r.document_id = o.document_id)
    AND NOT EXISTS (
      SELECT FROM served AS v
      JOIN subscriptions AS s ON s.seller_id = v.seller_id AND s.id = v.subscription_id
      LEFT JOIN service_moves AS m ON m.seller_id = s.seller_id AND m.subscription_id = s.id AND m.move_no = 1
      WHERE v.seller_id = o.seller_id AND v.document_id = o.document_id AND v.step_no = o.step_no
        AND v.round_no = o.round_no
      HAVING bool_and(CASE WHEN m.move_no IS NULL THEN s.state = 'ordered'
                      ELSE m.before = 'ordered' AND m.on_date >= o.on_date END)
    )
),
candidates AS (
  SELECT * FROM served WHERE scope = 'document'
  UNION ALL
  SELECT o.*, s.id FROM indebted AS o
  JOIN subscriptions AS s ON s.seller_id = o.seller_id AND s.customer_id = o.customer_id
  UNION ALL
  SELECT o.*, s.id FROM indebted AS o
  JOIN sponsorships AS p ON p.seller_id = o.seller_id AND p.payer_id = o.customer_id
  JOIN subscriptions AS s ON s.seller_id = p.seller_id AND s.customer_id = p.customer_id
),
in_scope AS (
  SELECT DISTINCT c.*
  FROM candidates AS c
  JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
  LEFT JOIN sponsorships AS p ON p.seller_id = s.seller_id AND p.customer_id = s.customer_id
    AND p.from_on <= c.on_date AND (p.to_on IS NULL OR p.to_on > c.on_date)
  WHERE CASE
      WHEN s.customer_id <> c.customer_id THEN p.payer_id = c.customer_id AND NOT c.partner_only
      ELSE c.scope = 'document' OR p.payer_id IS NULL
    END
    -- Who paid, and what there was, is known for sure where it was told before.
    AND NOT EXISTS (
      SELECT FROM facts AS f
      WHERE f.seller_id = s.seller_id AND f.customer_id = s.customer_id AND f.on_date >= c.on_date
        AND f.kind IN ('SponsorshipBegun', 'SponsorshipEnded')
    )
    AND EXISTS (
      SELECT FROM facts AS f
      WHERE f.seller_id = s.seller_id AND f.subject_id = s.id AND f.on_date < c.on_date
        AND f.kind IN ('SubscriptionOrdered', 'ProjectOpened')
    )
),
stood AS (
  SELECT c.*,
    coalesce(
      (SELECT m.after FROM service_moves AS m
       WHERE m.seller_id = c.seller_id AND m.subscription_id = c.subscription_id AND m.on_date < c.on_date
       ORDER BY m.move_no DESC LIMIT 1),
      (SELECT m.before FROM service_moves AS m
       WHERE m.seller_id = c.seller_id AND m.subscription_id = c.subscription_id ORDER BY m.move_no LIMIT 1),
      s.state
    ) AS stood
  FROM in_scope AS c
  JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
)
SELECT c.seller_id, c.subscription_id, c.document_id, c.round_no, c.step_no, c.scope, c.on_date, c.stood
FROM stood AS c
WHERE c.stood IN ('active', 'suspended', 'frozen')
  -- What moved on that day for another reason, or was told of an earlier day later, may have come before or after.
  AND NOT EXISTS (
    SELECT FROM service_moves AS m
    WHERE m.seller_id = c.seller_id AND m.subscription_id = c.subscription_id
      AND ((m.on_date = c.on_date AND (m.cause <> 'step' OR m.after = 'terminated'))
        OR (m.on_date < c.on_date AND m.at >= c.at))
  )
  AND NOT EXISTS (
    SELECT FROM holds AS h
    WHERE h.seller_id = c.seller_id AND h.subscription_id = c.subscription_id AND h.document_id = c.document_id
      AND h.round_no = c.round_no AND h.scope = c.scope
  )
