-- A customer's contacts, in the order they were added.
SELECT id, name, email, phone, language, role, notices
FROM contacts WHERE seller_id = %(seller)s AND customer_id = %(customer)s ORDER BY id
