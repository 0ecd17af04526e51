-- Every document's issue is on record: one fact of its kind, on its day, for its customer; and no such fact without one.
WITH told AS (
  SELECT seller_id, document_id, kind, min(on_date) AS on_date, min(customer_id::text) AS customer_id, count(*) AS facts
  FROM facts
  WHERE kind IN ('RequestIssued', 'InvoiceIssued', 'CreditNoteIssued', 'ReceiptIssued')
  GROUP BY seller_id, document_id, kind
),
due AS (
  SELECT seller_id, id AS document_id, issued_on, customer_id::text AS customer_id,
    CASE kind WHEN 'request' THEN 'RequestIssued' WHEN 'invoice' THEN 'InvoiceIssued'
      WHEN 'credit_note' THEN 'CreditNoteIssued' ELSE 'ReceiptIssued' END AS kind
  FROM documents
)
SELECT coalesce(d.seller_id, t.seller_id) AS seller_id, coalesce(d.document_id, t.document_id) AS document_id,
  coalesce(d.kind, t.kind) AS kind, coalesce(t.facts, 0) AS facts, d.issued_on, t.on_date
FROM due AS d
FULL JOIN told AS t ON t.seller_id = d.seller_id AND t.document_id = d.document_id AND t.kind = d.kind
WHERE d.document_id IS NULL OR t.facts IS DISTINCT FROM 1
  OR t.on_date <> d.issued_on OR t.customer_id IS DISTINCT FROM d.customer_id
