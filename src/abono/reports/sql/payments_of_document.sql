-- What was set against a document and what was taken back, in order.
SELECT a.on_date, p.id, p.key, p.means, a.amount_minor, a.cause
FROM allocations AS a JOIN payments AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
WHERE a.seller_id = %(seller)s AND a.document_id = %(document)s
ORDER BY a.id
