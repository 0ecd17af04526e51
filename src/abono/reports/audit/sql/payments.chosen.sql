-- The documents that a payment was meant for are that customer's.
SELECT p.seller_id, p.id AS payment_id, p.customer_id, chosen.id AS document_id, d.customer_id AS belongs_to
FROM payments AS p
CROSS JOIN LATERAL jsonb_array_elements_text(
  CASE WHEN jsonb_typeof(p.chosen_ids) = 'array' THEN p.chosen_ids ELSE jsonb_build_array(p.chosen_ids) END
) AS chosen (id)
LEFT JOIN documents AS d ON d.seller_id = p.seller_id AND d.id::text = chosen.id
WHERE d.customer_id IS DISTINCT FROM p.customer_id
