-- Keys to rows that are kept for ever are checked once a statement: each has its triggers, and their function still
-- looks for the row and refuses.
WITH needed (table_name, key, target, target_key, kind) AS (
  -- tgtype: 4 INSERT, 16 UPDATE; no row's, not before.
  VALUES ('documents', 'words_id', 'party_words', 'id', 4), ('documents', 'issuer_id', 'party_words', 'id', 4),
    ('documents', 'policy_version invoice_when', 'policy_versions', 'version invoice_when', 4),
    ('lines', 'document_id', 'documents', 'id', 4), ('claims', 'document_id', 'documents', 'id', 4),
    ('claims', 'document_id', 'documents', 'id', 16)
),
expected AS (
  SELECT table_name, table_name || '_' || replace(key, ' ', '_') || '_fk' AS name, kind,
    concat_ws(' ', key, target, target_key) AS arguments,
    (SELECT format('%s AND NOT EXISTS (SELECT FROM %s AS there WHERE there.seller_id = here.seller_id AND %s)',
        string_agg(format('here.%s IS NOT NULL', here), ' AND ' ORDER BY place), target,
        string_agg(format('there.%s = here.%s', there, here), ' AND ' ORDER BY place))
     FROM unnest(string_to_array(key, ' '), string_to_array(target_key, ' ')) WITH ORDINALITY AS k (here, there, place)
    ) AS condition
  FROM needed
)
SELECT e.table_name, e.name, CASE e.kind WHEN 4 THEN 'INSERT' ELSE 'UPDATE' END AS event, p.prosrc AS found
FROM expected AS e
LEFT JOIN pg_class AS r ON r.relname = e.table_name AND r.relnamespace = current_schema()::regnamespace
LEFT JOIN pg_trigger AS t ON t.tgrelid = r.oid AND t.tgname = e.name || CASE e.kind WHEN 4 THEN '' ELSE '_again' END
  AND t.tgtype = e.kind AND t.tgnewtable = 'fresh'
LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname = e.name
WHERE p.oid IS NULL OR t.tgqual IS NOT NULL OR t.tgattr::text <> ''
  OR btrim(replace(encode(t.tgargs, 'escape'), '\000', ' ')) <> e.arguments
  OR strpos(regexp_replace(p.prosrc, '\s+', ' ', 'g'),
    'DECLARE missing boolean; BEGIN EXECUTE ''SELECT EXISTS ( SELECT FROM fresh AS here WHERE ' || e.condition
    || ' )'' INTO missing; IF missing THEN RAISE EXCEPTION ') <> 2
