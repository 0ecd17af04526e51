-- A charge that says which document asks for it, or gives it back, stands on that document, with the same amount.
SELECT c.seller_id, c.id AS charge_id, c.document_id, c.net_minor, l.net_minor AS line_net
FROM charges AS c
LEFT JOIN lines AS l ON l.seller_id = c.seller_id AND l.document_id = c.document_id AND l.charge_id = c.id
LEFT JOIN documents AS d ON d.seller_id = c.seller_id AND d.id = c.document_id
WHERE c.document_id IS NOT NULL
  AND (CASE WHEN d.kind = 'credit_note' THEN -l.net_minor ELSE l.net_minor END IS DISTINCT FROM c.net_minor OR d.customer_id <> c.payer_id OR d.currency <> c.currency)
