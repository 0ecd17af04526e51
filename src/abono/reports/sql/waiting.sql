-- Paid requests whose invoice waits for a complete billing profile, the longest waiting first.
SELECT c.number, c.name, d.series, d.number, d.kind, d.gross_minor, d.currency, w.since, w.reasons
FROM waiting_invoices AS w
JOIN documents AS d ON d.seller_id = w.seller_id AND d.id = w.request_id
JOIN customers AS c ON c.seller_id = w.seller_id AND c.id = w.customer_id
WHERE w.seller_id = %(seller)s
ORDER BY w.since, d.series, d.number
