-- The database still judges what stops a service: each check of steps, holds, moves and shortened claims has its
-- trigger, on every row, and its function still looks at what it must and refuses.
WITH needed (table_name, name, kind, function_name, looks_at) AS (
  -- tgtype: 1 a row's, 2 before, 4 INSERT, 16 UPDATE.
  VALUES ('service_moves', 'service_moves_have_causes', 4, 'abono_service_moves_have_causes', 'holds steps documents'),
    ('subscriptions', 'services_move_in_turn', 1 + 2 + 16, 'abono_services_move_in_turn', 'move_no'),
    ('steps', 'harmful_steps_have_debts', 4, 'abono_harmful_steps_have_debts', 'documents run_days'),
    ('holds', 'holds_have_steps', 4, 'abono_holds_have_steps', 'steps documents sponsorships'),
    ('holds', 'holds_close_for_a_reason', 16, 'abono_holds_close_for_a_reason', 'documents sponsorships'),
    ('claims', 'claims_may_shrink', 1 + 2 + 16, 'abono_claims_may_shrink', 'period_to')
)
SELECT n.table_name, n.name, p.proname::text AS found
FROM needed AS n
LEFT JOIN pg_class AS r ON r.relname = n.table_name AND r.relnamespace = current_schema()::regnamespace
LEFT JOIN pg_trigger AS t ON t.tgrelid = r.oid AND t.tgname = n.name AND t.tgtype = n.kind
LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname = n.function_name
WHERE p.oid IS NULL OR p.prosrc !~ 'RAISE EXCEPTION'
  OR (t.tgqual IS NOT NULL) <> (n.table_name IN ('subscriptions', 'claims'))
  OR EXISTS (SELECT FROM string_to_table(n.looks_at, ' ') AS word WHERE p.prosrc !~ ('\m' || word || '\M'))
