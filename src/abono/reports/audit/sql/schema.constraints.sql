-- No constraint waits to be checked, no index is broken, and those that hold the books together are all there.
WITH needed (table_name, name) AS (
  VALUES ('claims', 'claims_pkey'), ('claims', 'claims_one_end'), ('claims', 'claims_one_first'),
    ('claims', 'claims_follow_at_once'), ('claims', 'claims_days_ordered'), ('claims', 'claims_document_or_reason'),
    ('cursors', 'cursors_one_each'), ('charges', 'charges_key_once'), ('documents', 'documents_number_once'),
    ('documents', 'documents_one_invoice_a_request'), ('documents', 'documents_replaced_once'),
    ('documents', 'documents_add_up'), ('documents', 'documents_open_within'),
    ('documents', 'documents_no_fiscal_before_payment'), ('documents', 'documents_settlement_fk'),
    ('transfers', 'transfers_pkey'), ('transfers', 'transfers_positive'), ('transfers', 'transfers_two_accounts'),
    ('payments', 'payments_key_once'), ('payments', 'payments_free_within'), ('refunds', 'refunds_key_once'),
    ('sponsorships', 'sponsorships_one_open'), ('service_moves', 'service_moves_pkey'),
    ('service_moves', 'service_moves_allowed'), ('service_moves', 'service_moves_step_fk'),
    ('service_moves', 'service_moves_document_fk'), ('subscriptions', 'subscriptions_moved_by_fk'),
    ('subscriptions', 'subscriptions_moved_by_moves'), ('steps', 'steps_pkey'), ('steps', 'steps_never_early'),
    ('holds', 'holds_pkey'), ('holds', 'holds_closed_with_reason'), ('holds', 'holds_document_id_round_no_step_no_fk'),
    ('rounds', 'rounds_pkey'), ('objections', 'objections_one_open'), ('recoveries', 'recoveries_one_open'),
    ('period_offers', 'period_offers_one_open'), ('messages', 'messages_once')
),
tables AS (
  SELECT oid, relname::text AS name FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
)
SELECT t.name AS table_name, c.conname::text AS name, 'not validated' AS what
FROM pg_constraint AS c JOIN tables AS t ON t.oid = c.conrelid WHERE NOT c.convalidated
UNION ALL
SELECT t.name, i.indexrelid::regclass::text, 'index not valid'
FROM pg_index AS i JOIN tables AS t ON t.oid = i.indrelid WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
UNION ALL
SELECT n.table_name, n.name, 'missing'
FROM needed AS n
WHERE NOT EXISTS (
  SELECT FROM pg_constraint AS c JOIN tables AS t ON t.oid = c.conrelid WHERE t.name = n.table_name AND c.conname = n.name
  UNION ALL
  SELECT FROM pg_index AS i JOIN tables AS t ON t.oid = i.indrelid JOIN pg_class AS x ON x.oid = i.indexrelid
  WHERE t.name = n.table_name AND x.relname = n.name AND i.indisunique
)
