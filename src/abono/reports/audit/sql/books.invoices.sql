-- Invoices and credit notes are booked as they read: net as revenue, each tax on its own account, gross as receivable.
WITH booked AS (
  SELECT t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency, side.account, sum(side.amount) AS amount
  FROM transfers AS t
  CROSS JOIN LATERAL (
    VALUES (t.debit, t.amount_minor), (t.credit, -t.amount_minor)
  ) AS side (account, amount)
  WHERE t.cause IN ('invoice_issued', 'credit_note') AND 'money' NOT IN (t.debit, t.credit)
  GROUP BY t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency, side.account
),
sides AS (
  SELECT d.seller_id, d.id, d.kind, d.customer_id, d.currency, side.account, side.amount
  FROM documents AS d
  CROSS JOIN LATERAL (
    VALUES ('receivable', d.gross_minor::numeric), ('revenue', -d.net_minor::numeric)
    UNION ALL
    SELECT 'tax:' || (tax ->> 0), -CASE WHEN tax ->> 3 ~ '^-?[0-9]+$' THEN (tax ->> 3)::numeric END
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(d.taxes) = 'array' THEN d.taxes ELSE '[]' END) AS tax
  ) AS side (account, amount)
  WHERE d.kind IN ('invoice', 'credit_note')
),
due AS (
  SELECT seller_id, id AS cause_id, CASE kind WHEN 'invoice' THEN 'invoice_issued' ELSE 'credit_note' END AS cause,
    customer_id, currency, account, sum(CASE kind WHEN 'invoice' THEN amount ELSE -amount END) AS amount
  FROM sides GROUP BY seller_id, id, kind, customer_id, currency, account
)
SELECT seller_id, cause_id AS document_id, cause, customer_id, currency, account, b.amount AS booked, d.amount AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, cause_id, cause, customer_id, currency, account)
WHERE coalesce(b.amount, 0) <> coalesce(d.amount, 0)
