-- What a document still asks for is its gross less the money set against it (also by way of its request), less what credit
-- notes took back and what was written off.
WITH allocated AS (
  SELECT seller_id, document_id, sum(amount_minor) AS amount FROM allocations GROUP BY seller_id, document_id
),
less AS (
  SELECT seller_id, corrects_id AS id, gross_minor AS amount FROM documents WHERE kind = 'credit_note'
  UNION ALL
  SELECT seller_id, cause_id, amount_minor FROM transfers WHERE cause = 'write_off'
),
lessened AS (
  SELECT seller_id, id, sum(amount) AS amount FROM less GROUP BY seller_id, id
),
figures AS (
  SELECT d.seller_id, d.id, d.kind, d.series, d.number, d.open_minor,
    d.gross_minor - coalesce(a.amount, 0) - coalesce(r.amount, 0) - coalesce(x.amount, 0) AS should_be
  FROM documents AS d
  LEFT JOIN allocated AS a ON a.seller_id = d.seller_id AND a.document_id = d.id
  LEFT JOIN allocated AS r ON r.seller_id = d.seller_id AND r.document_id = d.request_id AND d.basis = 'settlement'
  LEFT JOIN lessened AS x ON x.seller_id = d.seller_id AND x.id = d.id
  WHERE d.kind IN ('invoice', 'receipt') OR (d.kind = 'request' AND d.state = 'open')
)
SELECT seller_id, id AS document_id, kind, series, number, open_minor, should_be
FROM figures
WHERE open_minor <> should_be
