-- T22: an index answers as a sequential scan does: after deletes, HOT updates, vacuum, in lossy bitmaps, in parallel.
\c - postgres
SET client_min_messages = warning;
CREATE TABLE secret.churn (id int PRIMARY KEY, n int, pad text) WITH (fillfactor = 60, autovacuum_enabled = off);
SELECT pkint.protect('secret.churn') \g /dev/null
INSERT INTO secret.churn SELECT i, i, repeat('x', 60), (ARRAY['U//REL ALL', 'C//REL ALFA', 'C//REL BRAVO', 'SC//REL ALFA', 'C//CRSV//REL ALFA', 'U//REL NONE//ORIG ALFA', 'C//REL ALFA,BRAVO//ORIG BRAVO'])[1 + i % 7]::pkint.label
	FROM generate_series(1, 20000) i;
CREATE INDEX ON secret.churn USING btree (label);
CREATE INDEX ON secret.churn USING brin (label pkint.label_brin_ops);
GRANT SELECT ON secret.churn TO mallory;
DELETE FROM secret.churn WHERE id % 11 = 0;
UPDATE secret.churn SET n = n + 1 WHERE id % 3 = 0;
VACUUM ANALYZE secret.churn;
DELETE FROM secret.churn WHERE id % 13 = 0;
UPDATE secret.churn SET n = n + 1 WHERE id % 5 = 0;
INSERT INTO secret.churn SELECT i, i, 'y', (ARRAY['C//REL ALFA', 'C//REL BRAVO'])[1 + i % 2]::pkint.label FROM generate_series(20001, 22000) i;
\c - mallory
SET search_path = mallory, public, pkint;
SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
SELECT count(*) || ' rows, sum ' || sum(n) AS seq FROM secret.churn \gset
CREATE FUNCTION pg_temp.same(how text) RETURNS text LANGUAGE sql RETURN attack.ok(attack.value('SELECT count(*) || '' rows, sum '' || sum(n) FROM secret.churn') = current_setting('attack.seq'), how, attack.value('SELECT count(*) || '' rows, sum '' || sum(n) FROM secret.churn'));
SELECT set_config('attack.seq', :'seq', false) \g /dev/null
SELECT pg_temp.same('a sequential scan');
SET enable_seqscan = off; SET enable_bitmapscan = on;
SELECT pg_temp.same('a bitmap');
SET work_mem = 64;
SELECT pg_temp.same('a lossy bitmap');
SET enable_bitmapscan = off; SET enable_indexscan = on; SET enable_indexonlyscan = on;
SELECT pg_temp.same('an index scan');
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0; SET enable_seqscan = on;
SELECT pg_temp.same('parallel workers');
SELECT attack.ok(count(*) = 0, 'rows that the plain rule would not give', count(*) || ' rows') FROM secret.churn WHERE id % 7 IN (2, 3, 4, 5) AND id <= 20000;
SELECT attack.ok(count(*) = 0, 'index-only: labels that one may not read', count(*) || ' rows') FROM (SELECT label FROM secret.churn GROUP BY label) s WHERE NOT label <@ session_clearance();
