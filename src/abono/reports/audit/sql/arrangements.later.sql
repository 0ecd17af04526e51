-- A later date that was agreed on is its document's customer's own, later than the due date, and by staff only with a
-- reason.
SELECT a.seller_id, a.id AS arrangement_id, a.document_id, a.granted_on, a.until_on, a.by, a.reason, d.due_on
FROM arrangements AS a
JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
WHERE a.customer_id <> d.customer_id OR a.granted_on < d.issued_on OR a.until_on <= greatest(a.granted_on, d.due_on)
  OR (a.by = 'staff' AND btrim(a.reason) = '')
