-- Credit notes correct an invoice or receipt of the same customer and never take back more than it asked for.
SELECT n.seller_id, n.id AS document_id, n.series, n.number, n.corrects_id, n.gross_minor, o.gross_minor AS corrected_gross,
  sum(n.gross_minor) OVER (PARTITION BY n.seller_id, n.corrects_id) AS taken_back
FROM documents AS n
LEFT JOIN documents AS o ON o.seller_id = n.seller_id AND o.id = n.corrects_id
WHERE n.kind = 'credit_note'
  AND (o.id IS NULL OR o.kind NOT IN ('invoice', 'receipt') OR o.customer_id <> n.customer_id
    OR o.currency <> n.currency OR n.issued_on < o.issued_on
    OR o.gross_minor < (
      SELECT sum(m.gross_minor) FROM documents AS m
      WHERE m.seller_id = n.seller_id AND m.corrects_id = n.corrects_id AND m.kind = 'credit_note'
    ))
