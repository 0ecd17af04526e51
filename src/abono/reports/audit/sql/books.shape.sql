-- Each movement is between the accounts that its cause may move, and positive.
WITH allowed (cause, debit, credit) AS (
  VALUES ('request_issued', 'asked', 'asked_contra'), ('request_reopened', 'asked', 'asked_contra'),
    ('request_voided', 'asked_contra', 'asked'), ('request_settled', 'asked_contra', 'asked'),
    ('invoice_issued', 'receivable', 'revenue'), ('invoice_issued', 'receivable', 'tax'),
    ('invoice_issued', 'revenue', 'receivable'), ('invoice_issued', 'tax', 'receivable'),
    ('credit_note', 'revenue', 'receivable'), ('credit_note', 'tax', 'receivable'),
    ('credit_note', 'receivable', 'revenue'), ('credit_note', 'receivable', 'tax'), ('credit_note', 'receivable', 'money'),
    ('invoice_paid', 'money', 'receivable'), ('invoice_reopened', 'receivable', 'money'),
    ('payment_settled', 'clearing', 'money'), ('payment_returned', 'money', 'clearing'), ('refund', 'money', 'clearing'),
    ('fee', 'receivable', 'fee_income'), ('fee_paid', 'money', 'receivable'),
    ('fee_returned', 'fee_income', 'receivable'), ('fee_returned', 'receivable', 'money'),
    ('payout', 'bank', 'clearing'), ('write_off', 'bad_debt', 'receivable')
)
SELECT t.seller_id, t.cause_id, t.cause, t.part, t.debit, t.credit, t.amount_minor
FROM transfers AS t
LEFT JOIN allowed AS a
  ON a.cause = t.cause AND a.debit = split_part(t.debit, ':', 1) AND a.credit = split_part(t.credit, ':', 1)
WHERE t.amount_minor <= 0
  OR (a.cause IS NULL AND NOT (t.cause = 'opening' AND 'opening' IN (t.debit, t.credit)))
  OR (t.debit ~ '^(tax|clearing)$' OR t.credit ~ '^(tax|clearing)$')
  OR (t.debit ~ ':' AND t.debit !~ '^(tax|clearing):.') OR (t.credit ~ ':' AND t.credit !~ '^(tax|clearing):.')
