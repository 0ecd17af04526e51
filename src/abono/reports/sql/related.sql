-- Documents that a document came from or led to: its request, its invoice, what corrects or replaces it.
SELECT o.id, o.kind, o.series, o.number, o.issued_on, o.gross_minor, o.state,
       CASE WHEN o.id = d.request_id THEN 'requested by' WHEN o.request_id = d.id THEN 'invoiced by'
            WHEN o.id = d.corrects_id THEN 'corrects' WHEN o.corrects_id = d.id THEN 'corrected by'
            WHEN o.id = d.replaces_id THEN 'replaces' ELSE 'replaced by' END AS how
FROM documents AS d JOIN documents AS o ON o.seller_id = d.seller_id AND o.id <> d.id
  AND (o.id IN (d.request_id, d.corrects_id, d.replaces_id)
       OR (o.customer_id = d.customer_id AND d.id IN (o.request_id, o.corrects_id, o.replaces_id)))
WHERE d.seller_id = %(seller)s AND d.id = %(document)s
ORDER BY o.id
