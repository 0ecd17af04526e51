-- Movements are dated as what caused them, so that a balance on a past day is what it was.
WITH days AS (
  SELECT seller_id, id AS cause_id, issued_on AS on_date,
    CASE kind WHEN 'request' THEN 'request_issued' WHEN 'invoice' THEN 'invoice_issued' WHEN 'receipt' THEN 'fee'
      ELSE 'credit_note' END AS cause
  FROM documents
  UNION ALL
  SELECT seller_id, id, issued_on, 'fee_returned' FROM documents WHERE kind = 'credit_note'
  UNION ALL
  SELECT seller_id, id, on_date, 'request_settled' FROM settlements
  UNION ALL
  SELECT seller_id, id, on_date, CASE WHEN amount_minor > 0 THEN 'invoice_paid' ELSE 'invoice_reopened' END FROM allocations
  UNION ALL
  SELECT seller_id, id, on_date, 'refund' FROM refunds
  UNION ALL
  SELECT seller_id, payment_id, on_date, 'payment_' || after FROM payment_moves WHERE after IN ('settled', 'returned')
)
SELECT t.seller_id, t.cause_id, t.cause, t.part, t.on_date, d.on_date AS should_be
FROM transfers AS t
JOIN days AS d ON d.seller_id = t.seller_id AND d.cause_id = t.cause_id AND d.cause = t.cause
WHERE t.on_date <> d.on_date
