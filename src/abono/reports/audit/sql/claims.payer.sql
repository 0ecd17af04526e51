-- Each claimed period was asked of the customer who paid for the subscription on the day the period begins.
SELECT c.seller_id, c.subscription_id, c.period_from, c.document_id, d.customer_id AS asked_of,
  coalesce(p.payer_id, s.customer_id) AS should_pay
FROM claims AS c
JOIN documents AS d ON d.seller_id = c.seller_id AND d.id = c.document_id
JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
LEFT JOIN sponsorships AS p ON p.seller_id = s.seller_id AND p.customer_id = s.customer_id
  AND p.from_on <= c.period_from AND (p.to_on IS NULL OR p.to_on > c.period_from)
WHERE d.customer_id <> coalesce(p.payer_id, s.customer_id)
