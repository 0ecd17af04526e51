-- Each claimed period was asked for in the currency of its subscription.
SELECT c.seller_id, c.subscription_id, c.period_from, c.document_id, d.currency, s.currency AS should_be
FROM claims AS c
JOIN documents AS d ON d.seller_id = c.seller_id AND d.id = c.document_id
JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
WHERE d.currency <> s.currency
