-- No invoice before its payment: each rests on a settled request, or its policy lets it ask for the money itself, or it
-- replaces an invoice.
SELECT d.seller_id, d.id AS document_id, d.series, d.number, d.basis, d.invoice_when, d.request_id, d.settlement_id,
  d.replaces_id
FROM documents AS d
LEFT JOIN settlements AS s ON s.seller_id = d.seller_id AND s.id = d.settlement_id AND s.request_id = d.request_id
WHERE CASE
  WHEN d.kind <> 'invoice' THEN d.basis IS NOT NULL OR d.settlement_id IS NOT NULL
  WHEN d.basis = 'asks' THEN d.invoice_when <> 'at-issue' OR d.settlement_id IS NOT NULL OR d.request_id IS NOT NULL
  WHEN d.basis = 'settlement' THEN s.id IS NULL OR s.on_date > d.issued_on
  WHEN d.basis = 'replacement' THEN d.replaces_id IS NULL
  ELSE true
END
