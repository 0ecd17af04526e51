-- A customer's billing profiles, the default one first.
SELECT p.id, p.id = c.default_profile_id AS is_default, p.country, p.fields, p.complete, p.problems, p.vat_evidence,
       p.exemptions, p.saved_on
FROM billing_profiles AS p JOIN customers AS c ON c.seller_id = p.seller_id AND c.id = p.customer_id
WHERE p.seller_id = %(seller)s AND p.customer_id = %(customer)s
ORDER BY (p.id = c.default_profile_id) DESC, p.id
