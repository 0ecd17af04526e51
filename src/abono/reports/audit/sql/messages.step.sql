-- Each message that names a step is the notice of one that was executed, for its debtor; and each reminder or return of
-- a document that is still owed has its message, unless a later one took its place.
WITH first_made AS (SELECT seller_id, min(made_on) AS on_date FROM messages GROUP BY seller_id)
SELECT m.seller_id, m.document_id, m.round_no, m.step_no, m.id AS message_id, 'without its step' AS what
FROM messages AS m
LEFT JOIN steps AS t ON t.seller_id = m.seller_id AND t.document_id = m.document_id AND t.round_no = m.round_no
  AND t.step_no = m.step_no
WHERE m.step_no IS NOT NULL AND starts_with(m.ref, 'step:')
  AND (t.outcome IS DISTINCT FROM 'done' OR t.customer_id <> m.customer_id OR m.made_on < t.on_date)
UNION ALL
SELECT t.seller_id, t.document_id, t.round_no, t.step_no, NULL, 'without its message'
FROM steps AS t
JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id AND d.state = 'open' AND d.open_minor > 0
JOIN notice_days AS n ON n.seller_id = t.seller_id AND n.on_date > t.on_date
JOIN first_made AS f ON f.seller_id = t.seller_id AND f.on_date <= t.on_date
WHERE t.outcome = 'done' AND t.action IN ('remind', 'returned')
  AND NOT EXISTS (
    SELECT FROM rounds AS r
    WHERE r.seller_id = t.seller_id AND r.document_id = t.document_id AND r.round_no > t.round_no
  )
  AND NOT EXISTS (
    SELECT FROM steps AS l
    WHERE l.seller_id = t.seller_id AND l.document_id = t.document_id AND l.round_no = t.round_no
      AND l.step_no > t.step_no AND l.action = 'remind' AND l.outcome = 'done'
  )
  AND NOT EXISTS (
    SELECT FROM messages AS m
    WHERE m.seller_id = t.seller_id AND m.document_id = t.document_id AND m.round_no = t.round_no
      AND m.step_no = t.step_no
  )
