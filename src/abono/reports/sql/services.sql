-- Services, projects among them, with who pays for each on a day, the next renewal that is not asked for yet, what is
-- planned for it, and what is on offer.
SELECT s.id, s.reference, s.customer_id, c.number, c.name, p.key, p.name, p.counted, s.words, s.currency, s.cycle_unit,
       s.cycle_count, s.quantity, s.state, s.started_on, s.ends_on, k.billed_to,
       coalesce(w.payer_id, s.customer_id) AS payer_id, payer.number AS payer_number,
       (SELECT min(g.on_date) FROM planned_changes AS g WHERE g.seller_id = s.seller_id AND g.subscription_id = s.id
          AND g.applied_on IS NULL),
       r.expires_on, r.fee_minor, r.document_id, o.id, o.from_on, o.new_unit, o.new_count, o.new_minor
FROM subscriptions AS s
JOIN customers AS c ON c.seller_id = s.seller_id AND c.id = s.customer_id
LEFT JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
LEFT JOIN cursors AS k ON k.seller_id = s.seller_id AND k.subscription_id = s.id
LEFT JOIN sponsorships AS w ON w.seller_id = s.seller_id AND w.customer_id = s.customer_id AND w.from_on <= %(on)s
  AND (w.to_on IS NULL OR w.to_on > %(on)s)
LEFT JOIN customers AS payer ON payer.seller_id = s.seller_id AND payer.id = coalesce(w.payer_id, s.customer_id)
LEFT JOIN recoveries AS r ON r.seller_id = s.seller_id AND r.subscription_id = s.id AND r.state IN ('offered', 'asked')
  AND r.expires_on >= %(on)s
LEFT JOIN period_offers AS o ON o.seller_id = s.seller_id AND o.subscription_id = s.id AND o.state = 'open'
WHERE s.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR s.customer_id = %(customer)s)
  AND (%(service)s::uuid IS NULL OR s.id = %(service)s) AND (%(state)s::text IS NULL OR s.state = %(state)s)
  AND (%(projects)s::bool IS NULL OR (s.cycle_unit = 'none') = %(projects)s)
ORDER BY s.id
LIMIT %(most)s
