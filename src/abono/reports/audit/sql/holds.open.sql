-- A hold stands as long as its document is owed: the document of an open one is, in the present round; and what a
-- closed one was closed by happened (paid, voided, credited, written off, the client left its partner, the service was
-- over).
SELECT h.seller_id, h.subscription_id, h.document_id, h.round_no, h.scope, h.closed_on, h.closed_by, d.state,
  d.open_minor
FROM holds AS h
JOIN documents AS d ON d.seller_id = h.seller_id AND d.id = h.document_id
JOIN subscriptions AS s ON s.seller_id = h.seller_id AND s.id = h.subscription_id
LEFT JOIN (
  SELECT seller_id, document_id, max(round_no) AS present FROM rounds GROUP BY seller_id, document_id
) AS r ON r.seller_id = h.seller_id AND r.document_id = h.document_id
WHERE (h.closed_on IS NULL AND (d.state <> 'open' OR d.open_minor = 0 OR h.round_no <> coalesce(r.present, 0)))
  OR (h.closed_by IN ('paid', 'credited', 'written-off') AND d.open_minor > 0 AND h.round_no >= coalesce(r.present, 0))
  OR (h.closed_on IS NOT NULL AND NOT CASE h.closed_by
    WHEN 'paid' THEN EXISTS (
      SELECT FROM allocations AS a
      WHERE a.seller_id = h.seller_id AND a.document_id = h.document_id AND a.amount_minor > 0
    )
    WHEN 'voided' THEN d.state = 'voided'
    WHEN 'credited' THEN EXISTS (
      SELECT FROM documents AS n
      WHERE n.seller_id = h.seller_id AND n.corrects_id = h.document_id AND n.kind = 'credit_note'
    )
    WHEN 'written-off' THEN EXISTS (
      SELECT FROM transfers AS w
      WHERE w.seller_id = h.seller_id AND w.cause_id = h.document_id AND w.cause = 'write_off'
    )
    WHEN 'left' THEN EXISTS (
      SELECT FROM sponsorships AS p
      WHERE p.seller_id = h.seller_id AND p.customer_id = s.customer_id AND p.payer_id = h.customer_id
        AND p.to_on <= h.closed_on
    )
    WHEN 'ended' THEN EXISTS (
      SELECT FROM service_moves AS m
      WHERE m.seller_id = h.seller_id AND m.subscription_id = h.subscription_id
        AND m.after IN ('terminated', 'cancelled')
    )
    ELSE false
  END)
