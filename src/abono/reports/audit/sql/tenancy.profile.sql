-- Billing profiles are used by their own customer: as the customer's usual one, by its subscriptions and by its charges.
SELECT u.seller_id, u.used_by, u.id, u.profile_id, u.customer_id, p.customer_id AS belongs_to
FROM (
  SELECT seller_id, 'customer' AS used_by, id, default_profile_id AS profile_id, id AS customer_id, id AS other_id
  FROM customers WHERE default_profile_id IS NOT NULL
  UNION ALL
  SELECT seller_id, 'subscription', id, profile_id, customer_id, customer_id FROM subscriptions
  UNION ALL
  SELECT seller_id, 'charge', id, profile_id, customer_id, payer_id FROM charges
) AS u
JOIN billing_profiles AS p ON p.seller_id = u.seller_id AND p.id = u.profile_id
WHERE p.customer_id NOT IN (u.customer_id, u.other_id)
