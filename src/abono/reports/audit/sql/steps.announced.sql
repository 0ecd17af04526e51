-- Nothing is taken away unannounced: before each harmful step the document's debtor was sent a message in the same
-- round, at least as many days earlier as in the calendar; where that message is on record, it had left by then.
WITH announced AS (
  SELECT DISTINCT ON (t.seller_id, t.document_id, t.round_no, t.step_no)
    t.seller_id, t.document_id, t.round_no, t.step_no, t.action, t.scheduled_on, t.on_date,
    a.step_no AS by_step, a.on_date AS by_on, a.scheduled_on AS by_scheduled
  FROM steps AS t
  LEFT JOIN steps AS a ON a.seller_id = t.seller_id AND a.document_id = t.document_id AND a.round_no = t.round_no
    AND a.step_no < t.step_no AND a.action IN ('issue', 'remind', 'returned') AND a.outcome = 'done'
  WHERE t.action IN ('suspend', 'terminate')
  ORDER BY t.seller_id, t.document_id, t.round_no, t.step_no, a.on_date DESC NULLS LAST, a.step_no DESC
),
sent AS (
  -- A message may leave before its step is noted: what is issued by day is noted on the next morning.
  SELECT seller_id, document_id, round_no, step_no, min(left_on) AS left_on
  FROM messages WHERE step_no IS NOT NULL GROUP BY seller_id, document_id, round_no, step_no
)
SELECT t.seller_id, t.document_id, t.round_no, t.step_no, t.action, t.scheduled_on, t.on_date, t.by_step, t.by_on,
  m.left_on
FROM announced AS t
LEFT JOIN sent AS m ON m.seller_id = t.seller_id AND m.document_id = t.document_id AND m.round_no = t.round_no
  AND m.step_no = t.by_step
WHERE t.by_on IS NULL OR (m.step_no IS NOT NULL AND m.left_on IS NULL)
  OR t.on_date < coalesce(m.left_on, t.by_on) + greatest(0, t.scheduled_on - t.by_scheduled)
