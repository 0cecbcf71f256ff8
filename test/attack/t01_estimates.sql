-- T1: estimates. A value that hidden rows alone hold, and one that nobody holds, must look alike.
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.plan(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; said text := '';
BEGIN
	FOR line IN EXECUTE command LOOP said := said || line || ' '; END LOOP;
	RETURN said;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT attack.control(h <> a, 'EXPLAIN on an open table', format('hidden %s, absent %s', substring(h FROM 'rows=\d+'), substring(a FROM 'rows=\d+')))
	FROM pg_temp.plan('EXPLAIN SELECT * FROM bare.note WHERE tag = ''hidden tag''') h, pg_temp.plan('EXPLAIN SELECT * FROM bare.note WHERE tag = ''nobody''') a;
CREATE VIEW mallory.through WITH (security_invoker = true) AS SELECT * FROM secret.note;
CREATE FUNCTION mallory.inside(t text) RETURNS SETOF secret.note LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM secret.note WHERE tag = t; END;
SELECT attack.alike(how, pg_temp.plan(format(command, 'hidden tag')), pg_temp.plan(format(command, 'nobody')))
	FROM (VALUES ('EXPLAIN', 'EXPLAIN SELECT * FROM secret.note WHERE tag = %L'), ('EXPLAIN in JSON', 'EXPLAIN (FORMAT json) SELECT * FROM secret.note WHERE tag = %L'),
		('EXPLAIN in XML', 'EXPLAIN (FORMAT xml) SELECT * FROM secret.note WHERE tag = %L'), ('EXPLAIN in YAML', 'EXPLAIN (FORMAT yaml, COSTS off, VERBOSE) SELECT * FROM secret.note WHERE tag = %L'),
		('EXPLAIN without costs', 'EXPLAIN (COSTS off) SELECT * FROM secret.note WHERE tag = %L'), ('EXPLAIN SETTINGS', 'EXPLAIN (SETTINGS) SELECT * FROM secret.note WHERE tag = %L'),
		('of a sub-select', 'EXPLAIN SELECT 1 WHERE EXISTS (SELECT FROM secret.note WHERE tag = %L)'), ('of a WITH', 'EXPLAIN WITH w AS MATERIALIZED (SELECT * FROM secret.note WHERE tag = %L) SELECT * FROM w'),
		('of a function that is taken apart', 'EXPLAIN SELECT * FROM mallory.inside(%L)'), ('of a view of one''s own', 'EXPLAIN SELECT * FROM mallory.through WHERE tag = %L'),
		('of an UPDATE', 'EXPLAIN UPDATE secret.note SET n = 1 WHERE tag = %L'), ('of a DELETE', 'EXPLAIN DELETE FROM secret.note WHERE tag = %L'),
		('of an INSERT from it', 'EXPLAIN INSERT INTO bare.note SELECT id, what, n, tag, unit FROM secret.note WHERE tag = %L'),
		('of a MERGE', 'EXPLAIN MERGE INTO bare.note b USING (SELECT * FROM secret.note WHERE tag = %L) s ON b.id = s.id WHEN MATCHED THEN DO NOTHING'),
		('of CREATE TABLE AS', 'EXPLAIN CREATE TABLE mallory.x AS SELECT * FROM secret.note WHERE tag = %L'), ('of a cursor', 'EXPLAIN DECLARE c CURSOR FOR SELECT * FROM secret.note WHERE tag = %L'),
		('of a join with a table of one''s own', 'EXPLAIN SELECT * FROM bare.note b JOIN secret.note s USING (id) WHERE s.tag = %L'),
		('of a part of a partitioned table', 'EXPLAIN SELECT * FROM secret.parted1 WHERE what = %L'), ('of a register', 'EXPLAIN SELECT * FROM mission.incident WHERE title = %L'),
		('of CREATE MATERIALIZED VIEW', 'EXPLAIN CREATE MATERIALIZED VIEW mallory.x AS SELECT * FROM secret.note WHERE tag = %L')) v (how, command);
DROP VIEW mallory.through;
-- no plan is shown, but rows that are not sorted come in the order of the plan
SET enable_bitmapscan = off;
CREATE FUNCTION pg_temp.came(value text) RETURNS text LANGUAGE sql RETURN attack.value(format('SELECT string_agg(tag, '','') FROM (SELECT tag FROM secret.note WHERE tag IN (''aa'', ''zz'', %L)) s', value));
INSERT INTO secret.note (id, what, n, tag, unit) VALUES (6000, 'x', 1, 'zz', 'ALFA'), (6002, 'x', 1, 'aa', 'ALFA');
SELECT attack.residue('the order of unsorted rows, as the plan chose it', format('with a value that hidden rows hold %s, with an absent one %s', pg_temp.came('hidden tag'), pg_temp.came('nobody')));
DELETE FROM secret.note WHERE id IN (6000, 6002);
