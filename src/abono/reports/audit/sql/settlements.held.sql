-- A settled request keeps its money: until its invoice exists, what is set against it is its whole gross.
SELECT r.seller_id, r.id AS request_id, r.series, r.number, r.gross_minor, coalesce(a.amount, 0) AS held
FROM documents AS r
LEFT JOIN (
  SELECT seller_id, document_id, sum(amount_minor) AS amount FROM allocations GROUP BY seller_id, document_id
) AS a ON a.seller_id = r.seller_id AND a.document_id = r.id
WHERE r.kind = 'request' AND r.state = 'settled' AND coalesce(a.amount, 0) <> r.gross_minor
  AND NOT EXISTS (
    SELECT FROM documents AS i WHERE i.seller_id = r.seller_id AND i.request_id = r.id AND i.kind = 'invoice'
  )
