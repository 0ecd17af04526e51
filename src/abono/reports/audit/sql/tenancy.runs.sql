-- No document was written by another seller's run. (A run that was killed leaves documents but no row of its own.)
SELECT d.seller_id, d.id AS document_id, d.run_id, r.seller_id AS belongs_to
FROM documents AS d
JOIN billing_runs AS r ON r.id = d.run_id AND r.seller_id <> d.seller_id
WHERE NOT EXISTS (SELECT FROM billing_runs AS own WHERE own.seller_id = d.seller_id AND own.id = d.run_id)
