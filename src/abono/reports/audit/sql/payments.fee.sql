-- A card fee that is kept has its receipt: of a settled payment at least the fee, less what was returned of it, is set
-- against receipts.
SELECT p.seller_id, p.id AS payment_id, p.fee_minor, coalesce(r.fee, 0) AS fee_returned, coalesce(a.amount, 0) AS receipted
FROM payments AS p
LEFT JOIN (
  SELECT seller_id, payment_id, sum(fee_minor) AS fee FROM refunds GROUP BY seller_id, payment_id
) AS r ON r.seller_id = p.seller_id AND r.payment_id = p.id
LEFT JOIN (
  SELECT x.seller_id, x.payment_id, sum(x.amount_minor) AS amount
  FROM allocations AS x
  JOIN documents AS d ON d.seller_id = x.seller_id AND d.id = x.document_id AND d.kind = 'receipt'
  GROUP BY x.seller_id, x.payment_id
) AS a ON a.seller_id = p.seller_id AND a.payment_id = p.id
WHERE p.state = 'settled' AND p.fee_minor > 0
  AND (coalesce(a.amount, 0) < p.fee_minor - coalesce(r.fee, 0) OR coalesce(r.fee, 0) > p.fee_minor)
