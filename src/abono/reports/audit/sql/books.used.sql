-- Money leaves the customer's account for an invoice or receipt exactly as allocations say, those of its request included.
WITH owner AS (
  SELECT seller_id, id AS cause_id, CASE kind WHEN 'credit_note' THEN corrects_id ELSE id END AS document_id FROM documents
  UNION ALL
  SELECT seller_id, id, document_id FROM allocations
),
invoice_of AS (
  SELECT seller_id, request_id, id FROM documents WHERE kind = 'invoice' AND basis = 'settlement'
),
sides (seller_id, document_id, customer_id, currency, booked, allocated) AS (
  SELECT t.seller_id, coalesce(i.id, o.document_id), t.customer_id, t.currency,
    CASE WHEN t.debit = 'money' THEN t.amount_minor ELSE -t.amount_minor END, 0
  FROM transfers AS t
  LEFT JOIN owner AS o ON o.seller_id = t.seller_id AND o.cause_id = t.cause_id
  LEFT JOIN invoice_of AS i ON i.seller_id = o.seller_id AND i.request_id = o.document_id
  WHERE t.debit IN ('money', 'receivable') AND t.credit IN ('money', 'receivable')
  UNION ALL
  SELECT a.seller_id, coalesce(i.id, a.document_id), d.customer_id, d.currency, 0, a.amount_minor
  FROM allocations AS a
  JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
  LEFT JOIN invoice_of AS i ON i.seller_id = a.seller_id AND i.request_id = a.document_id
  WHERE d.kind <> 'request' OR i.id IS NOT NULL
)
SELECT seller_id, document_id, customer_id, currency, sum(booked) AS booked, sum(allocated) AS allocated
FROM sides
GROUP BY seller_id, document_id, customer_id, currency
HAVING sum(booked) <> sum(allocated)
