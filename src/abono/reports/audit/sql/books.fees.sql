-- Each receipt for a card fee is booked as it reads, and a returned fee is the fee within its refund.
WITH booked AS (
  SELECT t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency,
    sum(CASE WHEN t.debit = 'fee_income' THEN -t.amount_minor ELSE t.amount_minor END) AS amount
  FROM transfers AS t
  WHERE t.cause IN ('fee', 'fee_returned') AND 'fee_income' IN (t.debit, t.credit)
  GROUP BY t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency
),
due AS (
  SELECT d.seller_id, d.id AS cause_id, 'fee' AS cause, d.customer_id, d.currency, d.gross_minor AS amount
  FROM documents AS d
  WHERE d.kind = 'receipt' AND (
    d.open_minor > 0
    OR EXISTS (SELECT FROM allocations AS a WHERE a.seller_id = d.seller_id AND a.document_id = d.id)
    OR EXISTS (
      SELECT FROM transfers AS t WHERE t.seller_id = d.seller_id AND t.cause_id = d.id AND t.cause = 'fee'
    )
  )
  UNION ALL
  SELECT r.seller_id, r.id, 'fee_returned', r.customer_id, p.currency, -r.fee_minor
  FROM refunds AS r
  JOIN payments AS p ON p.seller_id = r.seller_id AND p.id = r.payment_id
  WHERE r.fee_minor <> 0
)
SELECT seller_id, cause_id, cause, customer_id, currency, b.amount AS booked, d.amount AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, cause_id, cause, customer_id, currency)
WHERE coalesce(b.amount, 0) <> coalesce(d.amount, 0)
