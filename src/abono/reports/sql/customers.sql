-- Customers by number, with what they owe in their own currency and how many subscriptions go on.
SELECT c.number, c.id, c.name, c.email, c.country, c.currency, c.reference, c.created_on,
       (SELECT count(*) FROM subscriptions AS s WHERE s.seller_id = c.seller_id AND s.customer_id = c.id
          AND s.state <> 'cancelled') AS subscriptions,
       coalesce((SELECT sum(d.open_minor) FROM documents AS d WHERE d.seller_id = c.seller_id AND d.customer_id = c.id
          AND d.state = 'open' AND d.currency = c.currency), 0)::bigint AS open_minor
FROM customers AS c
WHERE c.seller_id = %(seller)s
  AND (%(search)s::text IS NULL OR c.reference = %(search)s
       OR strpos(lower(c.name), lower(%(search)s)) > 0 OR strpos(lower(c.email), lower(%(search)s)) > 0)
ORDER BY c.number
LIMIT %(most)s
