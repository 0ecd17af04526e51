-- A terminated service is billed no more: it has an end, billing does not stand at it, and no request from before its
-- end still asks for it; only its recovery may be asked for.
WITH over AS (
  SELECT DISTINCT ON (s.seller_id, s.id) s.seller_id, s.id, s.ends_on, m.on_date
  FROM subscriptions AS s
  JOIN service_moves AS m ON m.seller_id = s.seller_id AND m.subscription_id = s.id AND m.after = 'terminated'
  WHERE s.state = 'terminated'
  ORDER BY s.seller_id, s.id, m.move_no DESC
),
asking AS (
  SELECT seller_id, subscription_id, document_id FROM claims WHERE document_id IS NOT NULL
  UNION
  SELECT seller_id, subscription_id, document_id FROM charges
  WHERE document_id IS NOT NULL AND subscription_id IS NOT NULL AND kind <> 'recovery'
)
SELECT o.seller_id, o.id AS subscription_id, 'no end' AS what, NULL::uuid AS document_id FROM over AS o
WHERE o.ends_on IS NULL
UNION ALL
SELECT o.seller_id, o.id, 'still billed', NULL FROM over AS o
JOIN cursors AS k ON k.seller_id = o.seller_id AND k.subscription_id = o.id
UNION ALL
SELECT o.seller_id, o.id, 'still asked for', d.id FROM over AS o
JOIN asking AS a ON a.seller_id = o.seller_id AND a.subscription_id = o.id
JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
WHERE d.kind = 'request' AND d.state = 'open' AND d.issued_on <= o.on_date
