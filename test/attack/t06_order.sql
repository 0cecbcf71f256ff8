-- T6: leaky expressions in every place of a statement: they see visible rows only.
SET search_path = mallory, public, pkint;
CREATE FUNCTION mallory.blow(int) RETURNS boolean LANGUAGE sql COST 0.0000001 RETURN 1 / ($1 - 1000007) <> 7;
-- each query with the table left open as %s
CREATE TEMP TABLE place (place text, query text);
INSERT INTO place VALUES
	('WHERE', 'SELECT count(*) FROM %s WHERE mallory.sees(what)'),
	('WHERE with OR and an index', 'SELECT count(*) FROM %s WHERE id = 7 OR tag = ''hidden tag'' OR mallory.sees(what)'),
	('JOIN ON', 'SELECT count(*) FROM %s a JOIN generate_series(1, 9) g ON a.id = g AND mallory.sees(a.what)'),
	('LEFT JOIN ON', 'SELECT count(*) FROM generate_series(1, 9) g LEFT JOIN %s a ON a.id = g AND mallory.sees(a.what)'),
	('join to one''s own table', 'SELECT count(*) FROM (VALUES (7), (1001)) v (id) JOIN %s a USING (id) WHERE mallory.sees(a.what)'),
	('ORDER BY', 'SELECT id FROM %s ORDER BY mallory.sees(what) LIMIT 1'),
	('DISTINCT', 'SELECT DISTINCT mallory.sees(what) FROM %s'),
	('GROUP BY and HAVING', 'SELECT n %% 2 FROM %s GROUP BY n %% 2, mallory.sees(what) HAVING bool_or(mallory.sees(tag))'),
	('CASE', 'SELECT count(*) FROM %s WHERE CASE WHEN id = 7 THEN mallory.sees(what) ELSE mallory.sees(tag) END'),
	('window', 'SELECT max(what) OVER (PARTITION BY mallory.sees(what)) FROM %s LIMIT 1'),
	('FILTER', 'SELECT count(*) FILTER (WHERE mallory.sees(what)) FROM %s'),
	('LIMIT 1 of a sorted sub-select', 'SELECT * FROM (SELECT * FROM %s ORDER BY id LIMIT 3) s WHERE mallory.sees(what)'),
	('LATERAL', 'SELECT count(*) FROM %s a CROSS JOIN LATERAL (SELECT mallory.sees(a.what) OFFSET 0) l'),
	('EXISTS', 'SELECT 1 WHERE EXISTS (SELECT FROM %s WHERE mallory.sees(what) AND id < 9)'),
	('UNION', 'SELECT 1 FROM %1$s WHERE mallory.sees(what) UNION SELECT 2 FROM %1$s WHERE mallory.sees(tag)'),
	('TABLESAMPLE', 'SELECT count(*) FROM %s TABLESAMPLE SYSTEM (100) WHERE mallory.sees(what)'),
	('tid scan', 'SELECT count(*) FROM %s WHERE ctid IN (''(0,1)'', ''(0,7)'') AND mallory.sees(what)'),
	('UPDATE', 'UPDATE %s SET n = n WHERE mallory.sees(what)'),
	('UPDATE with RETURNING', 'UPDATE %s SET n = n WHERE id < 9 RETURNING mallory.sees(what)'),
	('DELETE', 'DELETE FROM %s WHERE mallory.sees(what) AND false'),
	('DELETE USING', 'DELETE FROM %s a USING (VALUES (7), (9)) v (id) WHERE a.id = v.id AND mallory.sees(a.what)'),
	('FOR UPDATE SKIP LOCKED', 'SELECT count(*) FROM (SELECT * FROM %s WHERE mallory.sees(what) FOR UPDATE SKIP LOCKED) s'),
	('a domain with a check', 'SELECT count(what::mallory.watched) FROM %s'),
	('whole row', 'SELECT count(*) FROM %s t WHERE mallory.sees(t::text)'),
	('a recursive query', 'WITH RECURSIVE r AS (SELECT 1 AS id UNION SELECT a.id FROM r JOIN %s a ON a.id = r.id + 1 AND mallory.sees(a.what) WHERE a.id < 20) SELECT count(*) FROM r'),
	('a view of one''s own with a barrier', 'SELECT count(*) FROM (SELECT what, n FROM %s OFFSET 0) v WHERE mallory.sees(what)'),
	('MERGE', 'MERGE INTO %s t USING (VALUES (7), (8)) v (id) ON t.id = v.id AND mallory.sees(t.what) WHEN MATCHED THEN DO NOTHING'),
	('ON CONFLICT DO UPDATE WHERE', 'INSERT INTO %s AS t (id, what, n, tag, unit) VALUES (7, ''x'', 1, ''x'', ''ALFA'') ON CONFLICT (id) DO UPDATE SET n = 0 WHERE mallory.sees(t.what)'),
	('ON CONFLICT DO UPDATE SET', 'INSERT INTO %s AS t (id, what, n, tag, unit) VALUES (7, ''x'', 1, ''x'', ''ALFA'') ON CONFLICT (id) DO UPDATE SET n = CASE WHEN mallory.sees(t.what) THEN 1 END');
CREATE DOMAIN mallory.watched AS text CHECK (mallory.sees(value));
-- in a transaction that is undone, with every kind of plan
CREATE FUNCTION pg_temp.run(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mallory.forget();
	BEGIN
		EXECUTE query;
		RAISE EXCEPTION USING MESSAGE = 'undone' || coalesce(attack.caught(), '');
	EXCEPTION WHEN OTHERS THEN
		RETURN nullif(replace(SQLERRM, 'undone', ''), '') ;
	END;
END $$;
SELECT attack.control(count(*) FILTER (WHERE pg_temp.run(format(query, 'bare.note')) ~ 'hidden') > 24, 'the same expressions over an open table',
	format('%s of %s see hidden values', count(*) FILTER (WHERE pg_temp.run(format(query, 'bare.note')) ~ 'hidden'), count(*))) FROM place;
SELECT attack.ok(seen IS NULL OR seen !~ 'hidden', place, CASE WHEN seen ~ 'hidden' THEN 'it saw ' || seen ELSE 'nothing' || coalesce(': ' || seen, '') END)
	FROM (SELECT place, pg_temp.run(format(query, 'secret.note')) AS seen FROM place) s;
SET enable_seqscan = off;
SELECT attack.ok(count(*) FILTER (WHERE pg_temp.run(format(query, 'secret.note')) ~ 'hidden') = 0, 'all of them through indexes', 'nothing') FROM place;
SET plan_cache_mode = force_generic_plan; SET enable_seqscan = on; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT attack.ok(count(*) FILTER (WHERE pg_temp.run(format(query, 'secret.note')) ~ 'hidden') = 0, 'all of them with parallel plans at no cost', 'nothing') FROM place;
SELECT attack.control(attack.value('SELECT count(*) FROM bare.note WHERE mallory.blow(n)') ~ 'division by zero', 'a division by zero that a hidden value alone makes', attack.value('SELECT count(*) FROM bare.note WHERE mallory.blow(n)'));
SELECT attack.ok(attack.value('SELECT count(*) > 0 FROM secret.note WHERE mallory.blow(n)') = 'true', 'the same under protection', attack.value('SELECT count(*) > 0 FROM secret.note WHERE mallory.blow(n)'));
SELECT attack.ok(attack.value('SELECT count(*) > 0 FROM secret.note WHERE 1 / (n - 1000007) <> 7') = 'true', 'division by zero, in-line', 'nothing');
SELECT attack.alike('a cast that fails on one value: id of a hidden row, of an absent one', attack.value('SELECT count(what::int) FROM secret.note WHERE id = 7'), attack.value('SELECT count(what::int) FROM secret.note WHERE id = 100007'));
