-- Every table of a seller keeps sellers apart: row-level security forced, with a rule for each role of a page, and the
-- seller first in its key and in a foreign key.
WITH tables AS (
  SELECT r.oid, r.relname::text AS name, r.relrowsecurity, r.relforcerowsecurity, a.attnum
  FROM pg_class AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attname = 'seller_id' AND NOT a.attisdropped
  WHERE r.relnamespace = current_schema()::regnamespace AND r.relkind IN ('r', 'p')
)
SELECT name AS table_name, what
FROM tables
CROSS JOIN LATERAL (
  VALUES (CASE WHEN NOT relrowsecurity THEN 'row-level security is off' END),
    (CASE WHEN NOT relforcerowsecurity THEN 'row-level security is not forced' END),
    (CASE WHEN NOT EXISTS (
      SELECT FROM pg_policy AS p
      WHERE p.polrelid = tables.oid AND p.polcmd = 'r' AND pg_get_expr(p.polqual, p.polrelid) ~ 'abono\.seller'
    ) THEN 'no rule shows one seller' END),
    (CASE WHEN EXISTS (
      SELECT FROM pg_policy AS p
      WHERE p.polrelid = tables.oid AND p.polroles && ARRAY[
          0::oid, coalesce(to_regrole('abono_staff')::oid, 0), coalesce(to_regrole('abono_portal')::oid, 0)]
        AND (p.polcmd <> 'r' OR coalesce(pg_get_expr(p.polqual, p.polrelid), '') !~ 'abono\.seller')
    ) THEN 'a rule shows more than one seller' END),
    (CASE WHEN NOT EXISTS (
      SELECT FROM pg_constraint AS c WHERE c.conrelid = tables.oid AND c.contype = 'p' AND c.conkey[1] = tables.attnum
    ) THEN 'its key does not begin with the seller' END),
    (CASE WHEN NOT EXISTS (
      SELECT FROM pg_constraint AS c WHERE c.conrelid = tables.oid AND c.contype = 'f' AND c.conkey[1] = tables.attnum
      UNION ALL  -- A key to rows that are kept for ever is checked by a trigger, which schema.keys reads.
      SELECT FROM pg_trigger AS t WHERE t.tgrelid = tables.oid AND t.tgnewtable = 'fresh' AND t.tgname ~ '_fk$'
    ) THEN 'no foreign key names its seller' END)
) AS found (what)
WHERE what IS NOT NULL
UNION ALL
SELECT 'sellers', 'row-level security is off or not forced'
FROM pg_class WHERE oid = to_regclass('sellers') AND NOT (relrowsecurity AND relforcerowsecurity)
