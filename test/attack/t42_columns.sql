-- T42, T40, T41: columns that no privilege opens.  Everything is granted to everybody, and the names of a source stand in what
-- another unit filed: its narrative, its title, what its feed left over, what could not be read, and what was found in it.
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
CREATE ROLE keeper_t42;
SET SESSION AUTHORIZATION officer;
SELECT pkint.appoint('keeper_t42', 'source_custodian', 'BRAVO') \g /dev/null
SET SESSION AUTHORIZATION keeper_t42;
SELECT pkint.register_source('BRAVO', '{"name": "Zenobia Quartz"}', true, false) \g /dev/null
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
SELECT pkint.create_register('t42') \g /dev/null
CREATE TABLE t42.fed AS SELECT 'k1' AS ref, '2022-05-03' AS day, '18.5' AS lon, '4.4' AS lat, 'met Zenobia Quartz' AS title, 'Zenobia Quartz told us' AS story, 'ask Zenobia Quartz' AS dead, 'Quartz, tel. 1' AS informant;
SELECT pkint.define_feed('t42', 't42.fed', 't42', 'BRAVO', '{"key": "ref", "occurred": "day", "longitude": "lon", "latitude": "lat", "title": "title", "narrative": "story", "killed": "dead"}', 'C//REL ALFA,BRAVO//ORIG BRAVO') \g /dev/null
GRANT SELECT ON t42.fed TO bruno;
\c - bruno
SELECT attack.control(accepted = 1, 'a report of another unit, released to hers', accepted || ' loaded') FROM pkint.load_feed('t42');
SELECT attack.control(title ~ 'Quartz' AND extra::text ~ 'tel' AND unread::text ~ 'Quartz', 'its own unit', 'reads title, extra and unread as they are') FROM t42.report;
SELECT attack.control(count(*) > 0, 'its own unit', 'reads what was found') FROM t42.finding WHERE message ~ 'Quartz';
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
REVOKE ALL ON t42.fed FROM PUBLIC;
CREATE TABLE t42.parent (id int, body text, written_by name) PARTITION BY LIST (id);
CREATE TABLE t42.part PARTITION OF t42.parent FOR VALUES IN (1);
CREATE TABLE t42.single (id int PRIMARY KEY, place geography, body text, EXCLUDE USING gist (place WITH &&));
INSERT INTO t42.parent VALUES (1, 'Quartz', 'bruno');
INSERT INTO t42.single VALUES (1, 'POINT(20.123456 5.654321)', 'Quartz');
SET SESSION AUTHORIZATION officer;
SELECT pkint.redact_column('t42.parent', 'body', 'written_by'), pkint.redact_column('t42.single', 'body'), pkint.coarsen_column('t42.single', 'place', 10000, 'CRSV') \g /dev/null
\c - postgres
SET client_min_messages = warning;
CREATE TABLE t42.late PARTITION OF t42.parent FOR VALUES IN (2);
INSERT INTO t42.late VALUES (2, 'Quartz', 'bruno');
CREATE TABLE t42.left AS SELECT 3 AS id, 'Quartz'::text AS body, 'bruno'::name AS written_by;
ALTER TABLE t42.parent ATTACH PARTITION t42.left FOR VALUES IN (3);
CREATE TABLE t42.above (id int, body text, written_by name);
ALTER TABLE t42.single ADD COLUMN written_by name;
CREATE TABLE t42.top (body text);
ALTER TABLE t42.single INHERIT t42.top;
ANALYZE t42.parent, t42.part, t42.late, t42.left, t42.single, t42.top, t42.report, t42.finding;
CREATE VIEW t42.of_superuser AS SELECT id, title, narrative, extra, unread FROM t42.report;
CREATE VIEW t42.of_invoker WITH (security_invoker = true) AS SELECT id, title, narrative, extra, unread FROM t42.report;
CREATE FUNCTION t42.inlined() RETURNS TABLE (told text) LANGUAGE sql STABLE AS 'SELECT title || extra::text || unread::text FROM t42.report';
CREATE FUNCTION t42.inlined_row() RETURNS SETOF t42.report LANGUAGE sql STABLE AS 'SELECT * FROM t42.report';
CREATE FUNCTION t42.whole() RETURNS TABLE (told text) LANGUAGE plpgsql STABLE AS 'BEGIN RETURN QUERY SELECT title || extra::text FROM t42.report; END';
GRANT USAGE ON SCHEMA t42 TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA t42 TO PUBLIC;
REVOKE ALL ON t42.fed FROM PUBLIC;
GRANT pg_read_all_data TO mallory;
GRANT keeper TO mallory;
ALTER TABLE t42.parent OWNER TO keeper; ALTER TABLE t42.part OWNER TO keeper; ALTER TABLE t42.late OWNER TO keeper; ALTER TABLE t42.left OWNER TO keeper;
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.control(count(*) = 1, 'the report itself', 'she reads its row') FROM t42.report;
CREATE VIEW mallory.v AS SELECT * FROM t42.of_superuser;
-- each way, for each column: what comes back has no name in it, be it a refusal or what is left
CREATE TEMP TABLE way (n int GENERATED ALWAYS AS IDENTITY, way text, query text);
INSERT INTO way (way, query) VALUES
	('plain', 'SELECT %1$s::text FROM %2$s'), ('in WHERE', 'SELECT ''Quartz'' FROM %2$s WHERE %1$s::text ~ ''Quartz'''),
	('in ORDER BY', 'SELECT CASE row_number() OVER (ORDER BY CASE WHEN %1$s::text ~ ''Quartz'' THEN 0 ELSE 1 END, o) WHEN 1 THEN CASE o WHEN 2 THEN ''Quartz'' END END FROM (SELECT %1$s, 2 AS o FROM %2$s UNION ALL SELECT NULL, 1) x ORDER BY 1 LIMIT 1'),
	('grouped', 'SELECT max(%1$s::text) FROM %2$s GROUP BY %1$s'), ('having', 'SELECT ''Quartz'' FROM %2$s GROUP BY id HAVING bool_or(%1$s::text ~ ''Quartz'')'),
	('a window', 'SELECT first_value(%1$s) OVER (ORDER BY id)::text FROM %2$s'), ('aggregated', 'SELECT string_agg(%1$s::text, '','') FROM %2$s'),
	('a sub-select', 'SELECT (SELECT r.%1$s FROM %2$s r WHERE r.id = o.id)::text FROM %2$s o'), ('EXISTS', 'SELECT ''Quartz'' WHERE EXISTS (SELECT FROM %2$s WHERE %1$s::text ~ ''Quartz'')'),
	('WITH', 'WITH w AS MATERIALIZED (SELECT * FROM (SELECT %1$s AS c FROM %2$s) x) SELECT c::text FROM w'), ('LATERAL', 'SELECT l.c::text FROM %2$s r, LATERAL (SELECT r.%1$s AS c OFFSET 0) l'),
	('a whole row', 'SELECT r::text FROM %2$s r'), ('a row as jsonb', 'SELECT to_jsonb(r)::text FROM %2$s r'), ('a field of a row', 'SELECT ((r).%1$s)::text FROM (SELECT r FROM %2$s r) x'),
	('rows compared', 'SELECT ''Quartz'' FROM %2$s a JOIN %2$s b ON a IS NOT DISTINCT FROM b WHERE a.%1$s::text ~ ''Quartz'''), ('*', 'SELECT to_jsonb(x)::text FROM (SELECT * FROM %2$s) x'),
	('USING', 'SELECT %1$s::text FROM %2$s a JOIN %2$s b USING (id, %1$s)'), ('FULL JOIN USING', 'SELECT %1$s::text FROM (SELECT id, %1$s FROM %2$s) a FULL JOIN (SELECT id, %1$s FROM %2$s) b USING (id, %1$s)'),
	('NATURAL', 'SELECT x.%1$s::text FROM %2$s x NATURAL JOIN (SELECT id, %1$s FROM %2$s) y'), ('UNION', 'SELECT %1$s::text FROM %2$s UNION SELECT NULL'), ('EXCEPT', 'SELECT %1$s::text FROM %2$s EXCEPT SELECT NULL'),
	('DISTINCT ON', 'SELECT DISTINCT ON (%1$s::text) %1$s::text FROM %2$s'), ('GROUPING SETS', 'SELECT %1$s::text FROM %2$s GROUP BY GROUPING SETS ((%1$s), ()) ORDER BY 1 LIMIT 1'),
	('TABLESAMPLE', 'SELECT %1$s::text FROM %2$s TABLESAMPLE bernoulli (100)'), ('ONLY', 'SELECT %1$s::text FROM ONLY %2$s'), ('FOR UPDATE', 'SELECT %1$s::text FROM %2$s FOR UPDATE'),
	('XML', 'SELECT query_to_xml(''SELECT %1$s FROM %2$s'', true, true, '''')::text'), ('XML of a table', 'SELECT table_to_xml(''%2$s'', true, true, '''')::text'),
	('RETURNING of an update', 'UPDATE %2$s SET id = id RETURNING %1$s::text'), ('RETURNING of a delete', 'DELETE FROM %2$s RETURNING %1$s::text'),
	('CASE', 'SELECT CASE WHEN %1$s::text ~ ''Quartz'' THEN ''Quartz'' END FROM %2$s'), ('a function of hers', 'SELECT mallory.keep(%1$s::text) FROM %2$s'),
	('statistics', 'SELECT most_common_vals::text || histogram_bounds::text FROM pg_stats WHERE schemaname || ''.'' || tablename = ''%2$s'' AND attname = ''%1$s''');
CREATE FUNCTION mallory.keep(t text) RETURNS text LANGUAGE plpgsql COST 0.00001 AS 'BEGIN RETURN t; END';
CREATE TEMP TABLE col (relation text, name text);
INSERT INTO col VALUES ('t42.report', 'narrative'), ('t42.report', 'title'), ('t42.report', 'extra'), ('t42.report', 'unread'), ('t42.finding', 'message'),
	('t42.parent', 'body'), ('t42.part', 'body'), ('t42.late', 'body'), ('t42.left', 'body'), ('t42.single', 'body'),
	('t42.of_superuser', 'narrative'), ('t42.of_superuser', 'title'), ('t42.of_invoker', 'extra'), ('mallory.v', 'narrative'), ('mallory.v', 'unread'), ('t42.incident', 'title'), ('t42.reports', 'narrative'), ('t42.common_picture', 'title');
BEGIN;
CREATE TEMP TABLE tried AS SELECT w.way, c.relation, c.name, attack.value(format(w.query, c.name, c.relation)) AS said FROM col c CROSS JOIN way w
	WHERE NOT (c.relation ~ 'superuser|invoker|\.v$|incident|reports|picture' AND w.way ~ 'RETURNING|TABLESAMPLE|UPDATE') ORDER BY c.relation, c.name, w.n;
SELECT attack.ok(bool_and(said !~ 'Quartz'), format('%s.%s, %s ways', relation, name, count(*)),
	coalesce('the name: ' || string_agg(way, ', ') FILTER (WHERE said ~ 'Quartz'), format('refused %s times, else %s', count(*) FILTER (WHERE said ~ '^42501'), coalesce(max(said) FILTER (WHERE said !~ '^42501'), '-'))))
FROM tried GROUP BY relation, name ORDER BY relation, name;
ROLLBACK;
SELECT attack.ok(said !~ 'Quartz', v.what, said) FROM (VALUES ('a parent that was put above it', 'SELECT body FROM t42.top'), ('a SQL function taken apart', 'SELECT told FROM t42.inlined()'), ('the rows of one', 'SELECT narrative FROM t42.inlined_row()'),
	('a function that is not', 'SELECT told FROM t42.whole()'), ('a word sought in findings', 'SELECT string_agg(f::text, '' '') FROM t42.finding f'), ('suggest_matches()', 'SELECT reasons::text FROM pkint.suggest_matches(''t42'')'),
	('incident_of()', 'SELECT string_agg(m::text, '' '') FROM t42.report r, pkint.incident_of(r.id, ''t42'') m'), ('GeoJSON', 'SELECT pkint.incident_geojson(''t42'')::text'),
	('what redacts titles, called by hand', 'SELECT pkint.redacted_text(NULL, ''Zenobia Quartz'')'), ('with a made-up guard', 'SELECT pkint.redacted_text(''1''::internal, ''Zenobia Quartz'')')) v (what, query), attack.value(v.query) said;
SELECT attack.ok(said !~ '20\.123|0101000020E6100000|^1 rows', v.what, said) FROM (VALUES ('an exact place', 'SELECT FROM t42.single WHERE ST_X(place::geometry) BETWEEN 20.12 AND 20.13'), ('the row that a check refuses', 'UPDATE t42.single SET id = NULL'),
	('the place that an exclusion constraint names', 'INSERT INTO t42.single (id, place) VALUES (9, ''POLYGON((20 5,21 5,21 6,20 6,20 5))'')')) v (what, query), attack.try(v.query) said;
-- a function that says it is safe in a parallel worker, and is not
CREATE FUNCTION mallory.lies() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS 'BEGIN RETURN (SELECT string_agg(body, '''') FROM t42.single); END';
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SELECT attack.ok(said !~ 'Quartz', 'in a parallel worker', said) FROM attack.value('SELECT mallory.lies()') said;
SELECT mallory.lies() \g :here/copied
\set worker `cat :here/copied; rm -f :here/copied`
SELECT attack.ok(:'worker' !~ 'Quartz', 'in a parallel worker, by a statement of its own', :'worker');
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
PREPARE p AS SELECT title FROM t42.report;
EXECUTE p \g /dev/null
BEGIN;
DECLARE c CURSOR FOR SELECT title FROM t42.report;
FETCH c \gset
COMMIT;
SELECT attack.ok(:'title' !~ 'Quartz', 'a cursor', :'title');
COPY (SELECT title FROM t42.report) TO STDOUT \g :here/copied
COPY t42.report (narrative) TO STDOUT \g :here/copied2
\set copied `cat :here/copied :here/copied2 2>&1; rm -f :here/copied :here/copied2`
SELECT attack.ok(:'copied' !~ 'Quartz' AND :'copied' ~ 'source', 'COPY', :'copied');
-- what the server sets, and what stays as it was filed
SELECT attack.ok(said ~ '^42501', v.what, said) FROM (VALUES
	('saying who filed', 'UPDATE t42.report SET loaded_by = ''mallory'''), ('saying who wrote', 'UPDATE t42.report SET written_by = current_user'), ('the same by its default', 'UPDATE t42.report SET written_by = DEFAULT'),
	('a report of another unit made hers', 'UPDATE t42.report SET unit = ''ALFA'''), ('when it was changed', 'UPDATE t42.report SET changed_at = now()'),
	('filing under another name', 'INSERT INTO t42.report (label, unit, footprint, loaded_by) VALUES (''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'', ''bruno'')'),
	('filing under a feed''s key', 'INSERT INTO t42.report (label, unit, footprint, feed, feed_key) VALUES (''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'', ''t42'', ''k9'')'),
	('ON CONFLICT', 'INSERT INTO t42.report (label, unit, footprint) VALUES (''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'') ON CONFLICT (id) DO UPDATE SET loaded_by = ''mallory'''),
	('ON CONFLICT with the narrative', 'INSERT INTO t42.report (label, unit, footprint) VALUES (''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'') ON CONFLICT (id) DO UPDATE SET place_name = report.narrative'),
	('MERGE', 'MERGE INTO t42.report r USING (VALUES (1)) v (id) ON r.id = v.id WHEN MATCHED THEN UPDATE SET written_by = ''mallory'''),
	('a match decided by another', 'INSERT INTO t42.match (label, report_a, report_b, status, decided_by) VALUES (''C//REL ALFA//ORIG ALFA'', 1, 2, ''confirmed'', ''bruno'')'),
	('a finding reviewed by another', 'UPDATE t42.finding SET outcome = ''dismissed'', reviewed_by = ''bruno'''), ('a row of a feed taken out of quarantine', 'UPDATE t42.quarantine SET resolved_at = now()'),
	('the author of a text, through the parent', 'UPDATE t42.parent SET written_by = ''mallory'''), ('in the part', 'INSERT INTO t42.part VALUES (1, ''x'', ''bruno'')'), ('in a part that came later', 'UPDATE t42.left SET written_by = ''mallory''')) v (what, query), attack.try(v.query) said;
CREATE FUNCTION mallory.fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE VIEW mallory.wide AS SELECT id, written_by, place_name FROM t42.report;
SELECT attack.ok(said ~ '^(42501|55000)', v.what, said) FROM (VALUES ('through a view of hers', 'UPDATE mallory.wide SET written_by = ''mallory'''), ('a trigger of hers on the table', 'CREATE TRIGGER t BEFORE UPDATE ON t42.report FOR EACH ROW EXECUTE FUNCTION mallory.fires()'),
	('its owner renames a column from under its rule', 'ALTER TABLE t42.parent RENAME body TO other')) v (what, query), attack.try(v.query) said;
-- one alone tries a name: files it, and looks at what is shown in its place
INSERT INTO t42.inbox (mgrs, occurred, title, narrative, label) VALUES ('33NXF5082', '2022-05-03', 'mine', 'Zenobia Quartz', 'C//REL ALFA//ORIG ALFA');
SELECT attack.ok(narrative = 'Zenobia Quartz', 'a name filed, and what is shown in its place', narrative) FROM t42.common_picture WHERE title = 'mine';
INSERT INTO t42.part (id, body) VALUES (1, 'Zenobia Quartz');
SELECT attack.ok(written_by = 'mallory', 'a text in a table where she may write everything', 'written by ' || coalesce(written_by, 'nobody')) FROM t42.part WHERE written_by IS DISTINCT FROM 'bruno';
\c - postgres
SET client_min_messages = warning;
REVOKE pg_read_all_data FROM mallory;
REVOKE keeper FROM mallory;
DROP VIEW mallory.v, mallory.wide;
DELETE FROM pkint.feed WHERE name = 't42';
DELETE FROM pkint.register WHERE name = 't42';
DROP SCHEMA t42 CASCADE;
SELECT attack.ok(count(*) = 0, 'rules that outlive their tables', count(*) || ' rules') FROM (SELECT relation FROM pkint.column_rule UNION ALL SELECT relation FROM pkint.kept_column) r WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.relation);
