-- No trigger is switched off: keys are checked and frozen rows stay frozen.
SELECT r.relname::text AS table_name, t.tgname::text AS trigger_name, t.tgenabled::text AS enabled
FROM pg_trigger AS t
JOIN pg_class AS r ON r.oid = t.tgrelid
WHERE r.relnamespace = current_schema()::regnamespace AND t.tgenabled <> 'O'
