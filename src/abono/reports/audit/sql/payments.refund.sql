-- Refunds go back to the customer who paid, the fee within them no greater than they are.
SELECT r.seller_id, r.id AS refund_id, r.payment_id, r.customer_id, p.customer_id AS payer_id, r.amount_minor, r.fee_minor
FROM refunds AS r
JOIN payments AS p ON p.seller_id = r.seller_id AND p.id = r.payment_id
WHERE r.customer_id <> p.customer_id OR r.fee_minor < 0 OR r.fee_minor > r.amount_minor OR r.on_date < p.on_date
