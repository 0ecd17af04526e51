-- Each claim's document asks for money itself: a request not voided, or an invoice that was not made from a request.
SELECT c.seller_id, c.subscription_id, c.period_from, c.document_id, d.kind, d.state, d.basis
FROM claims AS c
JOIN documents AS d ON d.seller_id = c.seller_id AND d.id = c.document_id
WHERE NOT (
  (d.kind = 'request' AND d.state <> 'voided') OR (d.kind = 'invoice' AND d.basis IN ('asks', 'replacement'))
)
