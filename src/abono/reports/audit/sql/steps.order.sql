-- What takes something away comes late and in turn: after the due date (or the return) and the calendar's day, no later
-- than the latest day that ran, in the calendar's order, at most once a day for a document, and no nearer to the
-- harmful step before it than in the calendar.
WITH harmful AS (
  SELECT t.*, count(*) OVER (PARTITION BY t.seller_id, t.document_id, t.on_date) AS that_day,
    lag(t.on_date) OVER turn AS before_on, lag(t.scheduled_on) OVER turn AS before_scheduled
  FROM steps AS t
  WHERE t.action IN ('suspend', 'terminate')
  WINDOW turn AS (PARTITION BY t.seller_id, t.document_id, t.round_no ORDER BY t.step_no)
)
SELECT h.seller_id, h.document_id, h.round_no, h.step_no, h.action, h.scheduled_on, h.on_date, d.due_on, r.day_zero,
  h.before_on, k.on_date AS ran
FROM harmful AS h
JOIN documents AS d ON d.seller_id = h.seller_id AND d.id = h.document_id
LEFT JOIN rounds AS r ON r.seller_id = h.seller_id AND r.document_id = h.document_id AND r.round_no = h.round_no
LEFT JOIN run_days AS k ON k.seller_id = h.seller_id
WHERE h.on_date <= greatest(d.due_on, r.day_zero) OR h.on_date < h.scheduled_on OR h.scheduled_on <= d.issued_on
  OR h.that_day > 1 OR h.on_date > k.on_date
  OR h.on_date <= h.before_on OR h.scheduled_on < h.before_scheduled
  OR h.on_date - h.before_on < h.scheduled_on - h.before_scheduled
