-- Money pays only for its owner's documents, in its own currency.
SELECT a.seller_id, a.id AS allocation_id, a.payment_id, a.document_id, a.customer_id, p.customer_id AS paid_by,
  d.customer_id AS owed_by, p.currency AS paid_in, d.currency AS owed_in
FROM allocations AS a
JOIN payments AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
WHERE a.customer_id <> p.customer_id OR a.customer_id <> d.customer_id OR p.currency <> d.currency
