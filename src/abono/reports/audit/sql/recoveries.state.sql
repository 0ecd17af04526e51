-- A recovery is offered when its service is terminated, stands open only while it is and its backup is kept, and brings
-- it back by a move of its own once what asked for the fee was paid.
SELECT r.seller_id, r.id AS recovery_id, r.subscription_id, r.state, r.terminated_on, r.expires_on, r.decided_on,
  s.state AS service_state
FROM recoveries AS r
JOIN subscriptions AS s ON s.seller_id = r.seller_id AND s.id = r.subscription_id
LEFT JOIN collection_days AS k ON k.seller_id = r.seller_id
WHERE r.customer_id <> s.customer_id OR (r.state IN ('offered', 'asked')) <> (r.decided_on IS NULL)
  OR NOT EXISTS (
    SELECT FROM service_moves AS m
    WHERE m.seller_id = r.seller_id AND m.subscription_id = r.subscription_id AND m.after = 'terminated'
      AND m.on_date = r.terminated_on
  )
  OR (r.state IN ('offered', 'asked') AND s.state <> 'terminated')
  OR (r.state = 'offered' AND (r.document_id IS NOT NULL OR r.expires_on < k.on_date))
  OR (r.state = 'asked' AND r.document_id IS NULL)
  OR (r.state = 'expired' AND r.decided_on <= r.expires_on)
  OR (r.state = 'recovered' AND (
    (r.document_id IS NULL) <> (r.fee_minor = 0) OR NOT EXISTS (
      SELECT FROM service_moves AS m
      WHERE m.seller_id = r.seller_id AND m.subscription_id = r.subscription_id AND m.before = 'terminated'
        AND m.after = 'active' AND m.document_id IS NOT DISTINCT FROM r.document_id
    )
  ))
