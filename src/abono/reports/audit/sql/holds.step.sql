-- Each hold has its executed step: of the same document, round, scope and debtor, on the day it opened; and the service
-- stands on the document, or is one that the debtor paid for on that day.
WITH holding AS (SELECT DISTINCT seller_id, document_id FROM holds),
served AS (
  SELECT l.seller_id, l.document_id, l.subscription_id
  FROM lines AS l JOIN holding USING (seller_id, document_id) WHERE l.subscription_id IS NOT NULL
  UNION
  SELECT a.seller_id, a.document_id, a.subscription_id FROM annex_rows AS a JOIN holding USING (seller_id, document_id)
  UNION
  SELECT l.seller_id, l.document_id, g.subscription_id
  FROM lines AS l
  JOIN holding USING (seller_id, document_id)
  JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
  WHERE g.subscription_id IS NOT NULL
),
told AS (
  SELECT seller_id, customer_id, max(on_date) AS on_date FROM facts
  WHERE kind IN ('SponsorshipBegun', 'SponsorshipEnded') GROUP BY seller_id, customer_id
)
SELECT h.seller_id, h.subscription_id, h.document_id, h.round_no, h.scope, h.opened_on, t.action, t.on_date
FROM holds AS h
JOIN subscriptions AS s ON s.seller_id = h.seller_id AND s.id = h.subscription_id
LEFT JOIN documents AS d ON d.seller_id = h.seller_id AND d.id = h.document_id
LEFT JOIN steps AS t ON t.seller_id = h.seller_id AND t.document_id = h.document_id AND t.round_no = h.round_no
  AND t.step_no = h.step_no
LEFT JOIN sponsorships AS p ON p.seller_id = s.seller_id AND p.customer_id = s.customer_id
  AND p.from_on <= h.opened_on AND (p.to_on IS NULL OR p.to_on > h.opened_on)
LEFT JOIN served AS o ON o.seller_id = h.seller_id AND o.document_id = h.document_id
  AND o.subscription_id = h.subscription_id
LEFT JOIN told AS f ON f.seller_id = s.seller_id AND f.customer_id = s.customer_id
WHERE t.action IS DISTINCT FROM 'suspend' OR t.outcome <> 'done' OR t.scope IS DISTINCT FROM h.scope
  OR t.on_date <> h.opened_on OR t.customer_id <> h.customer_id OR d.customer_id IS DISTINCT FROM h.customer_id
  OR CASE h.scope
    WHEN 'document' THEN o.subscription_id IS NULL
    -- Who paid is known for sure where nothing was told of it later.
    ELSE coalesce(p.payer_id, s.customer_id) <> h.customer_id AND coalesce(f.on_date < h.opened_on, true)
  END
