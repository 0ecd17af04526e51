-- Requests are booked as memo and nothing else: each asked once for its gross, and each voided one was reversed once.
WITH sides (seller_id, document_id, cause, customer_id, currency, account, booked, should_be) AS (
  SELECT seller_id, cause_id, cause, customer_id, currency, debit, amount_minor, 0
  FROM transfers WHERE cause IN ('request_issued', 'request_voided')
  UNION ALL
  SELECT seller_id, cause_id, cause, customer_id, currency, credit, -amount_minor, 0
  FROM transfers WHERE cause IN ('request_issued', 'request_voided')
  UNION ALL
  SELECT seller_id, id, 'request_issued', customer_id, currency, 'asked', 0, gross_minor
  FROM documents WHERE kind = 'request'
  UNION ALL
  SELECT seller_id, id, 'request_issued', customer_id, currency, 'asked_contra', 0, -gross_minor
  FROM documents WHERE kind = 'request'
  UNION ALL
  SELECT seller_id, id, 'request_voided', customer_id, currency, 'asked', 0, -gross_minor
  FROM documents WHERE kind = 'request' AND state = 'voided'
  UNION ALL
  SELECT seller_id, id, 'request_voided', customer_id, currency, 'asked_contra', 0, gross_minor
  FROM documents WHERE kind = 'request' AND state = 'voided'
)
SELECT seller_id, document_id, cause, customer_id, currency, account, sum(booked) AS booked, sum(should_be) AS should_be
FROM sides
GROUP BY seller_id, document_id, cause, customer_id, currency, account
HAVING sum(booked) <> sum(should_be)
