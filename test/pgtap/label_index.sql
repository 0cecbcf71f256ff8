-- Every index over labels answers as a sequential scan does (T22): under random
-- clearances, after deletes, updates and vacuum, with entries still pending, in
-- lossy bitmaps, in parallel, and for labels too long to be a key.
-- PKINT_SEED=number repeats a trial.
\getenv seed PKINT_SEED
\if :{?seed}
\else
	SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint % 1000000 AS seed \gset
\endif
\echo # seed :seed
SET search_path = public, pkint;
SET client_min_messages = warning;
SELECT plan(27);
SELECT setseed((:seed % 1000000) / 1000000.0) \g /dev/null

-- some of a list of codes, perhaps none
CREATE FUNCTION pg_temp.some(codes text[], share float8) RETURNS text[] LANGUAGE sql VOLATILE AS
	$$ SELECT coalesce(array_agg(c) FILTER (WHERE random() < share), '{}') FROM unnest(codes) c $$;
CREATE FUNCTION pg_temp.random_label() RETURNS label LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	units text[] := pg_temp.some('{HRD,JMAC,JOC,U2,UNPOL,CELL-1,CELL-2}', 0.3);
	orig text[] := pg_temp.some('{HRD,JMAC,MISSION,UN}', 0.3);
BEGIN
	RETURN make_label((ARRAY['U', 'C', 'SC'])[1 + floor(random() * 3)], pg_temp.some('{CRSV,SOURCE,K1}', 0.25),
		CASE WHEN random() < 0.1 THEN '{ALL}' WHEN units = '{}' THEN '{NONE}' ELSE units END,
		CASE WHEN orig = '{}' THEN '{NONE}' ELSE orig END);
END $$;
CREATE FUNCTION pg_temp.random_clearance() RETURNS clearance LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	units text[] := pg_temp.some('{HRD,JMAC,JOC,U2,UNPOL,CELL-1,CELL-2}', 0.3);
	caveats text[] := pg_temp.some('{CRSV,SOURCE,K1}', 0.4);
BEGIN
	RETURN concat_ws('//', (ARRAY['U', 'C', 'SC'])[1 + floor(random() * 3)], nullif(array_to_string(caveats, ','), ''),
		'UNITS ' || CASE WHEN random() < 0.1 THEN 'ALL' WHEN units = '{}' THEN 'NONE' ELSE array_to_string(units, ',') END);
END $$;

CREATE TABLE distinct_labels AS SELECT DISTINCT pg_temp.random_label() AS label FROM generate_series(1, 150);
-- longer than a key of GIN, at each level
INSERT INTO distinct_labels
	SELECT make_label(level, '{}', (SELECT array_agg(format('LONG_UNIT_CODE_%s', i)) || unit FROM generate_series(1, 150) i), '{HRD}')
	FROM unnest('{U,C,SC}'::text[]) level, unnest('{HRD,JMAC}'::text[]) unit;
CREATE TABLE numbered_labels AS SELECT row_number() OVER (ORDER BY label) AS n, label FROM distinct_labels;
CREATE FUNCTION pg_temp.any_label() RETURNS label LANGUAGE sql VOLATILE AS
	$$ SELECT label FROM numbered_labels WHERE n = 1 + floor(random() * (SELECT count(*) FROM numbered_labels))::int $$;
CREATE TABLE marked (id int, label label, filler text);
CREATE FUNCTION pg_temp.fill(first int, last int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO marked
	SELECT i, CASE WHEN random() < 0.98 THEN (SELECT label FROM numbered_labels WHERE n = k) END, repeat('x', 600)
	FROM (SELECT i, 1 + floor(random() * (SELECT count(*) FROM numbered_labels))::int AS k
		FROM generate_series(first, last) i OFFSET 0) r;
END $$;
SELECT pg_temp.fill(1, 8000) \g /dev/null
CREATE TABLE clearances AS SELECT pg_temp.random_clearance() AS clearance FROM generate_series(1, 24);
CREATE TABLE labels_asked AS SELECT label FROM numbered_labels ORDER BY random() LIMIT 12;
INSERT INTO labels_asked SELECT label FROM distinct_labels WHERE length(label::text) > 2000 LIMIT 2;
INSERT INTO labels_asked SELECT pg_temp.random_label() FROM generate_series(1, 6);

-- every search once through the index and once without, compared by its rows
CREATE FUNCTION pg_temp.differences(index_type text, with_dominates boolean DEFAULT true, settings text DEFAULT '')
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	condition text;
	by_index text;
	by_scan text;
	line text;
	plan text;
	query text;
	pair text;
BEGIN
	FOR condition IN
		SELECT format('label <@ %L::pkint.clearance', clearance) FROM clearances UNION ALL
		SELECT format('label OPERATOR(pkint.=) %L::pkint.label', label) FROM labels_asked WHERE length(label::text) < 10000 UNION ALL
		SELECT format('label <@ %L::pkint.label', label) FROM labels_asked UNION ALL
		SELECT format('label @> %L::pkint.label', label) FROM labels_asked WHERE with_dominates
	LOOP
		-- long labels cannot be typed: take them from their table
		IF length(condition) > 2000 THEN
			condition := regexp_replace(condition, '''.*''::pkint.label',
				format('(SELECT max(label) FROM (SELECT label FROM labels_asked WHERE md5(label::text) = %L) s)',
					md5(substring(condition FROM '''(.*)'''))));
			condition := replace(condition, 'max(label)', '(array_agg(label))[1]');
		END IF;
		query := format('SELECT count(*) || '' '' || coalesce(md5(string_agg(id::text, '','' ORDER BY id)), '''') FROM marked WHERE %s', condition);
		PERFORM set_config('enable_seqscan', 'off', true);
		PERFORM set_config('enable_bitmapscan', 'on', true);
		PERFORM set_config('enable_indexscan', 'on', true);
		PERFORM set_config('enable_indexonlyscan', 'on', true);
		FOREACH pair IN ARRAY string_to_array(settings, ' ') LOOP
			PERFORM set_config(split_part(pair, '=', 1), split_part(pair, '=', 2), true);
		END LOOP;
		plan := '';
		FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
			plan := plan || line || E'\n';
		END LOOP;
		IF plan !~ (CASE WHEN index_type = 'btree' THEN 'Scan using marked_' ELSE 'on marked_' END || index_type) THEN
			RETURN NEXT format('%s does not use the index: %s', condition, plan);
		END IF;
		EXECUTE query INTO by_index;
		PERFORM set_config('enable_seqscan', 'on', true);
		PERFORM set_config('enable_bitmapscan', 'off', true);
		PERFORM set_config('enable_indexscan', 'off', true);
		PERFORM set_config('enable_indexonlyscan', 'off', true);
		PERFORM set_config('max_parallel_workers_per_gather', '0', true);
		EXECUTE query INTO by_scan;
		IF by_index <> by_scan THEN
			RETURN NEXT format('%s: index %s, scan %s', condition, by_index, by_scan);
		END IF;
	END LOOP;
END $$;

SELECT ok((SELECT count(*) > 0 FROM marked, clearances WHERE label <@ clearance), 'some rows can be read');
SELECT ok((SELECT count(*) > 0 FROM marked, labels_asked a WHERE marked.label <@ a.label AND marked.label <> a.label), 'some labels are dominated');

-- GIN
CREATE INDEX marked_gin ON marked USING gin (label) WITH (fastupdate = on, gin_pending_list_limit = 4096);
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: as built');
SELECT pg_temp.fill(12001, 13000) \g /dev/null
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: with rows pending');
DELETE FROM marked WHERE id % 3 = 0;
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: after deletes');
UPDATE marked SET label = pg_temp.any_label() WHERE id % 7 = 0;
UPDATE marked SET filler = 'short' WHERE id % 11 = 0;
UPDATE marked SET filler = 'shorter' WHERE id % 11 = 0;
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: after updates, some within the page');
VACUUM marked;
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: after vacuum');
SELECT pg_temp.fill(13001, 16000) \g /dev/null
VACUUM marked;
ANALYZE marked;
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: after the space is used again');
SELECT is_empty('SELECT pg_temp.differences(''gin'', true, ''work_mem=64kB'')', 'GIN: lossy bitmaps');
SELECT is_empty($$ SELECT pg_temp.differences('gin', true,
	'max_parallel_workers_per_gather=2 parallel_setup_cost=0 parallel_tuple_cost=0 min_parallel_table_scan_size=0 min_parallel_index_scan_size=0') $$,
	'GIN: bitmaps in parallel');
REINDEX INDEX marked_gin;
SELECT is_empty('SELECT pg_temp.differences(''gin'')', 'GIN: built anew');
SET gin_fuzzy_search_limit = 0;
SELECT ok(pg_relation_size('marked_gin') < pg_relation_size('marked') / 10, 'GIN: a tenth of the table at most');
DROP INDEX marked_gin;

-- GIN beside another column
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX marked_gin2 ON marked USING gin (id, label);
SELECT is_empty('SELECT pg_temp.differences(''gin2'')', 'GIN: as second of two columns');
DROP INDEX marked_gin2;

-- BRIN: rows in random order, and clustered by label
CREATE INDEX marked_brin ON marked USING brin (label) WITH (pages_per_range = 4);
SELECT is_empty('SELECT pg_temp.differences(''brin'', false)', 'BRIN: rows in random order');
DROP INDEX marked_brin;
CREATE TABLE sorted AS SELECT * FROM marked ORDER BY label;
DROP TABLE marked;
ALTER TABLE sorted RENAME TO marked;
CREATE INDEX marked_brin ON marked USING brin (label) WITH (pages_per_range = 4);
SELECT is_empty('SELECT pg_temp.differences(''brin'', false)', 'BRIN: rows clustered by label');
CREATE FUNCTION pg_temp.blocks_read() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	SET LOCAL enable_seqscan = off;
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT json, TIMING off, COSTS off) SELECT FROM marked WHERE label <@ ''U//UNITS NONE''::pkint.clearance' INTO plan;
	RETURN coalesce((plan #>> '{0,Plan,Lossy Heap Blocks}')::bigint, -1);
END $$;
SELECT cmp_ok(pg_temp.blocks_read(), '<', (SELECT pg_relation_size('marked') / 8192 / 2), 'BRIN: most blocks are skipped');
SELECT pg_temp.fill(20001, 21000) \g /dev/null
SELECT is_empty('SELECT pg_temp.differences(''brin'', false)', 'BRIN: after inserts');
DELETE FROM marked WHERE id % 5 = 0;
UPDATE marked SET label = pg_temp.any_label() WHERE id % 7 = 0;
VACUUM marked;
SELECT is_empty('SELECT pg_temp.differences(''brin'', false)', 'BRIN: after deletes, updates and vacuum');
SELECT brin_summarize_new_values('marked_brin') \g /dev/null
SELECT is_empty('SELECT pg_temp.differences(''brin'', false, ''work_mem=64kB'')', 'BRIN: summed up again, little memory');
DROP INDEX marked_brin;

-- B-tree and hash: equality and order; index-only scans too
DELETE FROM marked WHERE length(label::text) > 2000;
CREATE INDEX marked_btree ON marked (label);
VACUUM ANALYZE marked;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT ok((SELECT bool_and(n = (SELECT count(*) FROM marked m WHERE m.label = d.label))
	FROM (SELECT label, count(*) AS n FROM marked GROUP BY label) d WHERE label IS NOT NULL), 'B-tree: equality, index only');
SELECT is((SELECT count(*) FROM marked WHERE label >= 'C//REL ALL' AND label < 'SC//REL ALL'),
	(SELECT count(*) FROM marked WHERE level(label) = 'CONFIDENTIAL' AND label_cmp(label, 'C//REL ALL') >= 0
		OR level(label) = 'STRICTLY CONFIDENTIAL' AND label_cmp(label, 'SC//REL ALL') < 0), 'B-tree: a range of the order');
SELECT ok((SELECT bool_and(label_cmp(before, label) <= 0) FROM (SELECT label, lag(label) OVER () AS before
	FROM (SELECT label FROM marked WHERE label IS NOT NULL ORDER BY label) o) x), 'B-tree: rows come in order');
DROP INDEX marked_btree;
CREATE INDEX marked_hash ON marked USING hash (label);
SELECT is((SELECT count(*) FROM numbered_labels d WHERE (SELECT count(*) FROM marked m WHERE m.label = d.label)
	<> (SELECT count(*) FROM marked m WHERE label_eq(m.label, d.label))), 0::bigint, 'hash: equality');
RESET enable_seqscan;
RESET enable_bitmapscan;

-- every access method that we have a class for is in order
SELECT is((SELECT string_agg(amname, ' ' ORDER BY amname) FROM pg_am a JOIN
	(SELECT oid, opcmethod FROM pg_opclass WHERE opcintype = 'label'::regtype OFFSET 0) c ON a.oid = opcmethod WHERE amvalidate(c.oid)), 'brin btree gin hash', 'operator classes are valid');
-- an empty index, and one over nothing but nulls
CREATE TABLE empty_marked (id int, label label);
CREATE INDEX ON empty_marked USING gin (label);
CREATE INDEX ON empty_marked USING brin (label);
SET enable_seqscan = off;
SELECT is((SELECT count(*) FROM empty_marked WHERE label <@ 'SC//UNITS ALL'::clearance), 0::bigint, 'an empty index');
INSERT INTO empty_marked SELECT i FROM generate_series(1, 1000) i;
VACUUM empty_marked;
SELECT is((SELECT count(*) FROM empty_marked WHERE label <@ 'SC//UNITS ALL'::clearance), 0::bigint, 'an index over nulls');
SELECT is((SELECT count(*) FROM empty_marked WHERE label IS NULL), 1000::bigint, 'nulls are there all the same');
RESET enable_seqscan;
DROP TABLE marked, empty_marked, clearances, labels_asked, numbered_labels, distinct_labels;
SELECT * FROM finish();
