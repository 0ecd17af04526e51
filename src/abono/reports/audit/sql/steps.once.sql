-- Each step of a document's calendar was executed once in a round, for the document's own customer; only a returned
-- payment opens a further round, with a step of its own.
SELECT t.seller_id, t.document_id, t.round_no, t.step_no, t.action, t.on_date, t.times
FROM (
  SELECT t.*, count(*) OVER (PARTITION BY seller_id, document_id, round_no, step_no) AS times FROM steps AS t
) AS t
JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id
LEFT JOIN rounds AS r ON r.seller_id = t.seller_id AND r.document_id = t.document_id AND r.round_no = t.round_no
WHERE t.times > 1 OR t.customer_id <> d.customer_id
  OR t.round_no < 0 OR (t.round_no > 0) <> (r.round_no IS NOT NULL)
  OR (t.action = 'returned') <> (t.step_no = -1) OR t.step_no < -1 OR (t.action = 'returned' AND t.round_no = 0)
