-- A calendar counts anew only because money came back: behind each round there is a payment of that document that was
-- returned on its day, and its first step; rounds are numbered from 1, and count from the return or the later due date.
SELECT r.seller_id, r.document_id, r.round_no, r.day_zero, r.on_date, r.place, d.due_on
FROM (
  SELECT r.*, row_number() OVER (PARTITION BY seller_id, document_id ORDER BY round_no) AS place FROM rounds AS r
) AS r
JOIN documents AS d ON d.seller_id = r.seller_id AND d.id = r.document_id
WHERE r.round_no <> r.place OR r.day_zero <> greatest(d.due_on, r.on_date)
  OR NOT EXISTS (
    SELECT FROM steps AS t
    WHERE t.seller_id = r.seller_id AND t.document_id = r.document_id AND t.round_no = r.round_no AND t.step_no = -1
      AND t.action = 'returned' AND t.on_date = r.on_date
  )
  OR NOT EXISTS (
    SELECT FROM allocations AS a
    JOIN payment_moves AS m ON m.seller_id = a.seller_id AND m.payment_id = a.payment_id AND m.after = 'returned'
      AND m.on_date = r.on_date
    WHERE a.seller_id = r.seller_id AND a.document_id IN (d.id, d.request_id) AND a.amount_minor < 0
      AND a.on_date = r.on_date
  )
