-- Requests are booked as memo and nothing else: each asked once for its gross, and each voided one was reversed once.
WITH booked AS (
  SELECT t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency, side.account, sum(side.amount) AS amount
  FROM transfers AS t
  CROSS JOIN LATERAL (VALUES (t.debit, t.amount_minor), (t.credit, -t.amount_minor)) AS side (account, amount)
  WHERE t.cause IN ('request_issued', 'request_voided')
  GROUP BY t.seller_id, t.cause_id, t.cause, t.customer_id, t.currency, side.account
),
due AS (
  SELECT d.seller_id, d.id AS cause_id, side.cause, d.customer_id, d.currency, side.account, side.amount
  FROM documents AS d
  CROSS JOIN LATERAL (
    VALUES ('request_issued', 'asked', d.gross_minor), ('request_issued', 'asked_contra', -d.gross_minor),
      ('request_voided', 'asked', -d.gross_minor), ('request_voided', 'asked_contra', d.gross_minor)
  ) AS side (cause, account, amount)
  WHERE d.kind = 'request' AND (side.cause = 'request_issued' OR d.state = 'voided')
)
SELECT seller_id, cause_id AS document_id, cause, customer_id, currency, account, b.amount AS booked, d.amount AS should_be
FROM booked AS b
FULL JOIN due AS d USING (seller_id, cause_id, cause, customer_id, currency, account)
WHERE coalesce(b.amount, 0) <> coalesce(d.amount, 0)
