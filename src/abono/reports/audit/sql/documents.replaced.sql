-- A document that replaces another is of its kind and customer, and the other was voided or taken back in full.
SELECT n.seller_id, n.id AS document_id, n.kind, n.replaces_id, o.kind AS replaced_kind, o.state AS replaced_state,
  o.gross_minor AS replaced_gross, coalesce(c.taken_back, 0) AS taken_back
FROM documents AS n
LEFT JOIN documents AS o ON o.seller_id = n.seller_id AND o.id = n.replaces_id
LEFT JOIN (
  SELECT seller_id, corrects_id, sum(gross_minor) AS taken_back
  FROM documents WHERE kind = 'credit_note' GROUP BY seller_id, corrects_id
) AS c ON c.seller_id = o.seller_id AND c.corrects_id = o.id
WHERE n.replaces_id IS NOT NULL
  AND NOT coalesce(
    o.kind = n.kind AND o.customer_id = n.customer_id
    AND CASE n.kind
      WHEN 'request' THEN o.state = 'voided'
      ELSE coalesce(c.taken_back, 0) = o.gross_minor
    END, false)
