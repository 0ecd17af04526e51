-- Invoices and credit notes are booked as they read: net as revenue, each tax on its own account, gross as receivable.
WITH fiscal AS (
  SELECT seller_id, id, CASE kind WHEN 'invoice' THEN 'invoice_issued' ELSE 'credit_note' END AS cause,
    CASE kind WHEN 'invoice' THEN 1 ELSE -1 END AS sign, customer_id, currency, net_minor, gross_minor, taxes
  FROM documents AS d
  WHERE kind = 'invoice' OR (kind = 'credit_note' AND NOT EXISTS (
    SELECT FROM documents AS o WHERE o.seller_id = d.seller_id AND o.id = d.corrects_id AND o.kind = 'receipt'
  ))
),
sides (seller_id, document_id, cause, customer_id, currency, account, booked, should_be) AS (
  SELECT seller_id, cause_id, cause, customer_id, currency, debit, amount_minor, 0::numeric
  FROM transfers WHERE cause IN ('invoice_issued', 'credit_note') AND 'money' NOT IN (debit, credit)
  UNION ALL
  SELECT seller_id, cause_id, cause, customer_id, currency, credit, -amount_minor, 0
  FROM transfers WHERE cause IN ('invoice_issued', 'credit_note') AND 'money' NOT IN (debit, credit)
  UNION ALL
  SELECT seller_id, id, cause, customer_id, currency, 'receivable', 0, sign * gross_minor FROM fiscal
  UNION ALL
  SELECT seller_id, id, cause, customer_id, currency, 'revenue', 0, -sign * net_minor FROM fiscal
  UNION ALL
  SELECT f.seller_id, f.id, f.cause, f.customer_id, f.currency, 'tax:' || (tax ->> 0), 0,
    -f.sign * CASE WHEN jsonb_typeof(tax -> 3) = 'number' THEN (tax -> 3)::numeric END
  FROM fiscal AS f
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE WHEN jsonb_typeof(f.taxes) = 'array' THEN f.taxes ELSE '[]' END
  ) AS tax
)
SELECT seller_id, document_id, cause, customer_id, currency, account, sum(booked) AS booked, sum(should_be) AS should_be
FROM sides
GROUP BY seller_id, document_id, cause, customer_id, currency, account
HAVING sum(booked) <> coalesce(sum(should_be), 0)
