-- Each claimed period was asked of the customer who paid for the subscription on the day the period begins, as it was known
-- when it was first asked for; what changes later is settled by credits and charges.
WITH RECURSIVE wrong AS (
  SELECT c.seller_id, c.subscription_id, c.period_from, c.document_id, d.customer_id AS asked_of,
    coalesce(p.payer_id, s.customer_id) AS should_pay, s.customer_id AS served
  FROM claims AS c
  JOIN documents AS d ON d.seller_id = c.seller_id AND d.id = c.document_id
  JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
  LEFT JOIN sponsorships AS p ON p.seller_id = s.seller_id AND p.customer_id = s.customer_id
    AND p.from_on <= c.period_from AND (p.to_on IS NULL OR p.to_on > c.period_from)
  WHERE d.customer_id <> coalesce(p.payer_id, s.customer_id)
),
asking AS (
  SELECT w.seller_id, w.document_id, w.document_id AS id FROM wrong AS w
  UNION
  SELECT a.seller_id, a.document_id, d.replaces_id
  FROM asking AS a JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.id
  WHERE d.replaces_id IS NOT NULL
),
first_asked AS (SELECT seller_id, document_id, min(id::text)::uuid AS id FROM asking GROUP BY seller_id, document_id)
SELECT w.seller_id, w.subscription_id, w.period_from, w.document_id, w.asked_of, w.should_pay
FROM wrong AS w
JOIN first_asked AS o ON o.seller_id = w.seller_id AND o.document_id = w.document_id
WHERE NOT EXISTS (
  SELECT FROM facts AS f
  WHERE f.seller_id = w.seller_id AND f.customer_id = w.served
    AND f.kind IN ('SponsorshipBegun', 'SponsorshipEnded') AND f.id > o.id
)
