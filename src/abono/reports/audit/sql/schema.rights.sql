-- Roles hold only their rights: pages write nothing, and nobody but the owner may change or delete what is kept for ever.
WITH kept (table_name) AS (
  VALUES ('policy_versions'), ('party_words'), ('prices'), ('facts'), ('lines'), ('annex_rows'), ('settlements'),
    ('transfers'), ('payment_moves'), ('allocations'), ('refunds')
),
rights AS (
  SELECT r.relname::text AS table_name, coalesce(role.rolname::text, 'PUBLIC') AS role_name, acl.privilege_type
  FROM pg_class AS r
  CROSS JOIN LATERAL aclexplode(r.relacl) AS acl
  LEFT JOIN pg_roles AS role ON role.oid = acl.grantee
  WHERE r.relnamespace = current_schema()::regnamespace AND r.relkind IN ('r', 'p', 'v') AND acl.grantee <> r.relowner
)
SELECT table_name, role_name, privilege_type
FROM rights
WHERE (role_name <> 'abono_engine' AND privilege_type <> 'SELECT')
  OR role_name = 'PUBLIC'
  OR privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
  OR (privilege_type IN ('UPDATE', 'DELETE') AND table_name IN (SELECT table_name FROM kept))
  OR (privilege_type = 'DELETE' AND table_name IN ('documents', 'claims', 'charges', 'payments', 'subscriptions', 'customers'))
UNION ALL
SELECT NULL, rolname::text, 'bypasses or is above row-level security'
FROM pg_roles WHERE rolname IN ('abono_portal', 'abono_staff') AND (rolsuper OR rolbypassrls)
