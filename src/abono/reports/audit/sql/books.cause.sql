-- Each movement has its cause: the document, settlement, payment, allocation or refund that its key names.
WITH causes (cause, source) AS (
  VALUES ('request_issued', 'request'), ('request_voided', 'request'), ('request_settled', 'settlement'),
    ('request_reopened', 'allocation'), ('invoice_issued', 'invoice'), ('invoice_paid', 'allocation'),
    ('invoice_reopened', 'allocation'), ('credit_note', 'credit_note'), ('write_off', 'invoice'), ('fee', 'receipt'),
    ('fee_paid', 'allocation'), ('fee_returned', 'credit_note'), ('payment_settled', 'payment'),
    ('payment_returned', 'payment'), ('refund', 'refund')
),
sources AS (
  SELECT seller_id, id, kind AS source FROM documents
  UNION ALL
  SELECT seller_id, id, 'settlement' FROM settlements
  UNION ALL
  SELECT seller_id, id, 'payment' FROM payments
  UNION ALL
  SELECT seller_id, id, 'allocation' FROM allocations
  UNION ALL
  SELECT seller_id, id, 'refund' FROM refunds
)
SELECT t.seller_id, t.cause_id, t.cause, t.part, s.source AS found
FROM transfers AS t
LEFT JOIN sources AS s ON s.seller_id = t.seller_id AND s.id = t.cause_id
LEFT JOIN causes AS c ON c.cause = t.cause AND c.source = s.source
WHERE c.cause IS NULL AND t.cause NOT IN ('payout', 'opening')
