-- Money leaves the customer's account for an invoice or receipt exactly as allocations say, those of its request included.
WITH receipt_of AS (
  SELECT a.seller_id, a.payment_id, min(a.document_id::text)::uuid AS receipt_id
  FROM allocations AS a
  JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id AND d.kind = 'receipt'
  GROUP BY a.seller_id, a.payment_id
),
owner AS (
  SELECT seller_id, id AS cause_id, CASE kind WHEN 'credit_note' THEN corrects_id ELSE id END AS document_id FROM documents
  UNION ALL
  SELECT seller_id, id, document_id FROM allocations
  UNION ALL
  SELECT r.seller_id, r.id, f.receipt_id
  FROM refunds AS r JOIN receipt_of AS f ON f.seller_id = r.seller_id AND f.payment_id = r.payment_id
),
invoice_of AS (
  SELECT seller_id, request_id, id FROM documents WHERE kind = 'invoice' AND basis = 'settlement'
),
booked AS (
  SELECT t.seller_id, coalesce(i.id, o.document_id) AS document_id, t.customer_id, t.currency,
    sum(CASE WHEN t.debit = 'money' THEN t.amount_minor ELSE -t.amount_minor END) AS amount
  FROM transfers AS t
  LEFT JOIN owner AS o ON o.seller_id = t.seller_id AND o.cause_id = t.cause_id
  LEFT JOIN invoice_of AS i ON i.seller_id = o.seller_id AND i.request_id = o.document_id
  WHERE (t.debit = 'money' AND t.credit = 'receivable') OR (t.debit = 'receivable' AND t.credit = 'money')
  GROUP BY t.seller_id, coalesce(i.id, o.document_id), t.customer_id, t.currency
),
due AS (
  SELECT a.seller_id, coalesce(i.id, a.document_id) AS document_id, d.customer_id, d.currency, sum(a.amount_minor) AS amount
  FROM allocations AS a
  JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
  LEFT JOIN invoice_of AS i ON i.seller_id = a.seller_id AND i.request_id = a.document_id
  WHERE d.kind <> 'request' OR i.id IS NOT NULL
  GROUP BY a.seller_id, coalesce(i.id, a.document_id), d.customer_id, d.currency
)
SELECT seller_id, document_id, customer_id, currency, b.amount AS booked, d.amount AS allocated
FROM booked AS b
FULL JOIN due AS d USING (seller_id, document_id, customer_id, currency)
WHERE coalesce(b.amount, 0) <> coalesce(d.amount, 0)
