-- Each finished billing run wrote what it says it wrote.
SELECT r.seller_id, r.id AS run_id, r.on_date, r.documents, count(d.id) AS found, r.gross_minor,
  coalesce(sum(d.gross_minor), 0) AS found_gross
FROM billing_runs AS r
LEFT JOIN documents AS d ON d.seller_id = r.seller_id AND d.run_id = r.id
WHERE r.state = 'done'
GROUP BY r.seller_id, r.id, r.on_date, r.documents, r.gross_minor
HAVING r.documents <> count(d.id) OR r.gross_minor <> coalesce(sum(d.gross_minor), 0)
