-- Every settled request has its invoice or waits for it in a visible row, and nothing else waits.
SELECT r.seller_id, r.id AS request_id, r.series, r.number, r.state, i.id AS invoice_id, w.settlement_id AS waits_since
FROM documents AS r
LEFT JOIN documents AS i ON i.seller_id = r.seller_id AND i.request_id = r.id AND i.kind = 'invoice'
LEFT JOIN waiting_invoices AS w ON w.seller_id = r.seller_id AND w.request_id = r.id
LEFT JOIN settlements AS s ON s.seller_id = w.seller_id AND s.id = w.settlement_id AND s.request_id = w.request_id
WHERE (r.kind = 'request' AND r.state = 'settled' AND r.invoice_when = 'on-payment' AND i.id IS NULL
    AND w.request_id IS NULL)
  OR (w.request_id IS NOT NULL
    AND (r.kind <> 'request' OR r.state <> 'settled' OR i.id IS NOT NULL OR s.id IS NULL
      OR w.customer_id <> r.customer_id))
