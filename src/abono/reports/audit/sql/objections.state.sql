-- An objection is its document's customer's own, raised after the issue; one that was upheld took the document back.
SELECT o.seller_id, o.id AS objection_id, o.document_id, o.state, o.opened_on, o.decided_on, d.state AS document_state
FROM objections AS o
JOIN documents AS d ON d.seller_id = o.seller_id AND d.id = o.document_id
WHERE o.customer_id <> d.customer_id OR o.opened_on < d.issued_on
  OR (o.state = 'open') <> (o.decided_on IS NULL) OR o.decided_on < o.opened_on
  OR (o.state = 'upheld' AND d.state <> 'voided' AND NOT EXISTS (
    SELECT FROM documents AS n
    WHERE n.seller_id = o.seller_id AND n.corrects_id = o.document_id AND n.kind = 'credit_note'
  ))
