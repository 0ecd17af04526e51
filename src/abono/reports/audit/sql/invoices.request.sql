-- An invoice made from a request is for the same customer, currency and amounts as the request; each request has one.
SELECT i.seller_id, i.id AS document_id, i.series, i.number, i.request_id, i.gross_minor, r.gross_minor AS request_gross,
  count(*) OVER (PARTITION BY i.seller_id, i.request_id) AS invoices_of_request
FROM documents AS i
LEFT JOIN documents AS r ON r.seller_id = i.seller_id AND r.id = i.request_id
WHERE i.kind = 'invoice' AND i.basis = 'settlement'
  AND (r.id IS NULL OR r.kind <> 'request' OR r.customer_id <> i.customer_id OR r.currency <> i.currency
    OR r.net_minor <> i.net_minor OR r.tax_minor <> i.tax_minor OR r.gross_minor <> i.gross_minor
    OR r.state <> 'settled'
    OR EXISTS (
      SELECT FROM documents AS o
      WHERE o.seller_id = i.seller_id AND o.request_id = i.request_id AND o.kind = 'invoice'
        AND o.basis = 'settlement' AND o.id <> i.id
    ))
