-- Each settlement was true on its day: money for the whole request had been set against it.
SELECT s.seller_id, s.id AS settlement_id, s.request_id, s.on_date, d.gross_minor, coalesce(sum(a.amount_minor), 0) AS covered
FROM settlements AS s
LEFT JOIN documents AS d ON d.seller_id = s.seller_id AND d.id = s.request_id
LEFT JOIN allocations AS a ON a.seller_id = s.seller_id AND a.document_id = s.request_id
  AND (a.on_date < s.on_date OR (a.on_date = s.on_date AND a.amount_minor > 0))
GROUP BY s.seller_id, s.id, s.request_id, s.on_date, d.kind, d.gross_minor
HAVING d.kind IS DISTINCT FROM 'request' OR coalesce(sum(a.amount_minor), 0) < d.gross_minor
