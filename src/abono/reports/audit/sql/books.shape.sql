-- Each movement is between the accounts that its cause may move, and positive.
WITH allowed (cause, debit, credit) AS (
  VALUES ('request_issued', 'asked', 'asked_contra'), ('request_reopened', 'asked', 'asked_contra'),
    ('request_voided', 'asked_contra', 'asked'), ('request_settled', 'asked_contra', 'asked'),
    ('invoice_issued', 'receivable', 'revenue'), ('invoice_issued', 'receivable', 'tax'),
    ('invoice_issued', 'revenue', 'receivable'), ('invoice_issued', 'tax', 'receivable'),
    ('credit_note', 'revenue', 'receivable'), ('credit_note', 'tax', 'receivable'),
    ('credit_note', 'receivable', 'revenue'), ('credit_note', 'receivable', 'tax'), ('credit_note', 'receivable', 'money'),
    ('invoice_issued', 'money', 'receivable'),
    ('invoice_paid', 'money', 'receivable'), ('invoice_reopened', 'receivable', 'money'),
    ('payment_settled', 'clearing', 'money'), ('payment_returned', 'money', 'clearing'), ('refund', 'money', 'clearing'),
    ('fee', 'receivable', 'fee_income'), ('fee', 'money', 'receivable'), ('fee_paid', 'money', 'receivable'),
    ('fee_returned', 'fee_income', 'receivable'), ('fee_returned', 'receivable', 'money'),
    ('payout', 'bank', 'clearing'), ('write_off', 'bad_debt', 'receivable')
),
wrong AS (
  SELECT k.cause, k.debit, k.credit
  FROM (SELECT DISTINCT cause, debit, credit FROM transfers) AS k
  LEFT JOIN allowed AS a
    ON a.cause = k.cause AND a.debit = split_part(k.debit, ':', 1) AND a.credit = split_part(k.credit, ':', 1)
  WHERE (a.cause IS NULL AND NOT (k.cause = 'opening' AND 'opening' IN (k.debit, k.credit)))
    OR k.debit ~ '^(tax|clearing)$' OR k.credit ~ '^(tax|clearing)$'
    OR (k.debit ~ ':' AND k.debit !~ '^(tax|clearing):.') OR (k.credit ~ ':' AND k.credit !~ '^(tax|clearing):.')
)
SELECT t.seller_id, t.cause_id, t.cause, t.part, t.debit, t.credit, t.amount_minor
FROM transfers AS t
LEFT JOIN wrong AS w ON w.cause = t.cause AND w.debit = t.debit AND w.credit = t.credit
WHERE t.amount_minor <= 0 OR w.cause IS NOT NULL
