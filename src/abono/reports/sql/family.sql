-- A document with those that came of it or that it came from: its request and invoice, corrections, what it replaces.
WITH RECURSIVE family AS (
  SELECT id, customer_id, request_id, corrects_id, replaces_id
  FROM documents WHERE seller_id = %(seller)s AND id = %(document)s
  UNION
  SELECT o.id, o.customer_id, o.request_id, o.corrects_id, o.replaces_id
  FROM documents AS o JOIN family AS f ON o.customer_id = f.customer_id
    AND (o.id IN (f.request_id, f.corrects_id, f.replaces_id)
         OR f.id IN (o.request_id, o.corrects_id, o.replaces_id))
  WHERE o.seller_id = %(seller)s
)
SELECT id FROM family
