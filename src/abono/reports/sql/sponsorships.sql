-- Who pays for a customer, and for whom the customer pays, the latest first.
SELECT s.from_on, s.to_on, p.number AS payer_number, p.name AS payer_name, c.number AS customer_number,
       c.name AS customer_name
FROM sponsorships AS s
JOIN customers AS p ON p.seller_id = s.seller_id AND p.id = s.payer_id
JOIN customers AS c ON c.seller_id = s.seller_id AND c.id = s.customer_id
WHERE s.seller_id = %(seller)s AND (s.customer_id = %(customer)s OR s.payer_id = %(customer)s)
ORDER BY s.from_on DESC, c.number
