-- What is issued or booked stays as it is: each frozen table has its triggers, and they let only these columns change.
WITH frozen (table_name, may_change) AS (
  VALUES ('policy_versions', ''), ('party_words', ''), ('prices', ''), ('facts', ''), ('documents', 'state open_minor'),
    ('lines', ''), ('annex_rows', ''), ('settlements', ''), ('claims', 'document_id reason period_to'), ('charges', 'document_id'),
    ('transfers', ''), ('payments', 'state free_minor'), ('payment_moves', ''), ('allocations', ''), ('refunds', ''),
    ('service_moves', ''), ('steps', ''), ('rounds', ''), ('holds', 'closed_on closed_at closed_by'),
    ('objections', 'state decided_on decision'), ('arrangements', ''), ('period_offers', 'state decided_on'),
    ('methods', 'state verified'),
    ('attempts', 'state sent_on sent_at asked ask_at code reference retry_on ended_on words'),
    ('recoveries', 'state decided_on document_id'), ('message_events', ''),
    ('messages', 'subject body digest speaks_on state attempts next_try_at left_on left_at reason')
),
-- tgtype: 1 a row's, 2 before, 8 DELETE, 16 UPDATE, 32 TRUNCATE.
needed (table_name, suffix, kind, function_name, arguments) AS (
  SELECT table_name, '_frozen', 1 + 2 + 16, 'abono_only_columns_change', may_change FROM frozen
  UNION ALL
  SELECT table_name, '_kept', 1 + 2 + 8, 'abono_never', '' FROM frozen
  UNION ALL
  SELECT table_name, '_whole', 2 + 32, 'abono_never', '' FROM frozen
)
SELECT n.table_name, n.table_name || n.suffix AS trigger_name, n.arguments AS may_change,
  btrim(replace(encode(t.tgargs, 'escape'), '\000', ' ')) AS found
FROM needed AS n
LEFT JOIN pg_class AS r ON r.relname = n.table_name AND r.relnamespace = current_schema()::regnamespace
LEFT JOIN pg_trigger AS t ON t.tgrelid = r.oid AND t.tgname = n.table_name || n.suffix AND t.tgtype = n.kind
LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname = n.function_name
WHERE p.oid IS NULL OR t.tgqual IS NOT NULL OR t.tgattr::text <> ''
  OR btrim(replace(encode(t.tgargs, 'escape'), '\000', ' ')) <> n.arguments
