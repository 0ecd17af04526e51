-- No document gets more money than it asks for, none less than nothing, and a voided one keeps none.
WITH allocated AS (
  SELECT seller_id, document_id, sum(amount_minor) AS amount FROM allocations GROUP BY seller_id, document_id
)
SELECT d.seller_id, d.id AS document_id, d.kind, d.state, d.gross_minor,
  coalesce(a.amount, 0) + coalesce(r.amount, 0) AS allocated
FROM documents AS d
LEFT JOIN allocated AS a ON a.seller_id = d.seller_id AND a.document_id = d.id
LEFT JOIN allocated AS r ON r.seller_id = d.seller_id AND r.document_id = d.request_id AND d.basis = 'settlement'
WHERE coalesce(a.amount, 0) + coalesce(r.amount, 0) NOT BETWEEN 0 AND d.gross_minor
  OR coalesce(r.amount, 0) < 0
  OR (coalesce(a.amount, 0) <> 0 AND (d.state = 'voided' OR d.kind = 'credit_note'))
