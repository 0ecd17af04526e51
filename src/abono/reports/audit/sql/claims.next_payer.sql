-- The next period will be asked of the customer who pays for the subscription on the day that period begins; only where that
-- changed since billing last ran, the next run has yet to follow it.
SELECT k.seller_id, k.subscription_id, k.billed_to, k.payer_id, coalesce(p.payer_id, s.customer_id) AS should_pay
FROM cursors AS k
JOIN subscriptions AS s ON s.seller_id = k.seller_id AND s.id = k.subscription_id
LEFT JOIN sponsorships AS p ON p.seller_id = s.seller_id AND p.customer_id = s.customer_id
  AND p.from_on <= k.billed_to AND (p.to_on IS NULL OR p.to_on > k.billed_to)
WHERE k.payer_id <> coalesce(p.payer_id, s.customer_id)
  AND NOT EXISTS (
    SELECT FROM facts AS f
    LEFT JOIN run_days AS r ON r.seller_id = f.seller_id
    WHERE f.seller_id = s.seller_id AND f.customer_id = s.customer_id AND f.on_date >= coalesce(r.on_date, f.on_date)
      AND f.kind IN ('SponsorshipBegun', 'SponsorshipEnded')
  )
