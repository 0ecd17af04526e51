-- Each receipt for a card fee is booked as it reads, and so is each credit note that takes a fee back.
WITH sides (seller_id, document_id, cause, customer_id, currency, booked, should_be) AS (
  SELECT seller_id, cause_id, cause, customer_id, currency,
    CASE WHEN debit = 'fee_income' THEN -amount_minor ELSE amount_minor END, 0
  FROM transfers WHERE cause IN ('fee', 'fee_returned') AND 'fee_income' IN (debit, credit)
  UNION ALL
  SELECT seller_id, id, 'fee', customer_id, currency, 0, gross_minor FROM documents WHERE kind = 'receipt'
  UNION ALL
  SELECT n.seller_id, n.id, 'fee_returned', n.customer_id, n.currency, 0, -n.gross_minor
  FROM documents AS n
  JOIN documents AS o ON o.seller_id = n.seller_id AND o.id = n.corrects_id
  WHERE n.kind = 'credit_note' AND o.kind = 'receipt'
)
SELECT seller_id, document_id, cause, customer_id, currency, sum(booked) AS booked, sum(should_be) AS should_be
FROM sides
GROUP BY seller_id, document_id, cause, customer_id, currency
HAVING sum(booked) <> sum(should_be)
