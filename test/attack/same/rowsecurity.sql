-- Row security of PostgreSQL's own, on tables that pkint has nothing to do with.
-- Everything printed must be the same with the library and without it.
SET client_min_messages = notice;
CREATE ROLE same_alice; CREATE ROLE same_bob; CREATE ROLE same_carol; CREATE ROLE same_admin BYPASSRLS; CREATE ROLE same_group;
GRANT same_group TO same_bob; GRANT same_bob TO same_carol;
CREATE SCHEMA same; GRANT ALL ON SCHEMA same TO PUBLIC; SET search_path = same;
CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$;
SET ROLE same_alice;
CREATE TABLE category (cid int PRIMARY KEY, cname text);
CREATE TABLE document (did int PRIMARY KEY, cid int REFERENCES category, level int NOT NULL, author name, title text);
CREATE TABLE account (who name PRIMARY KEY, seclv int);
GRANT ALL ON category, document, account TO PUBLIC;
INSERT INTO account VALUES ('same_alice', 5), ('same_bob', 1), ('same_carol', 2);
INSERT INTO category VALUES (11, 'novel'), (22, 'science'), (33, 'technology'), (44, 'manga');
INSERT INTO document SELECT i, 11 * (1 + i % 4), 1 + i % 3, CASE WHEN i % 2 = 0 THEN 'same_bob' ELSE 'same_carol' END, 'title ' || i FROM generate_series(1, 12) i;
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
CREATE POLICY level ON document USING (level <= (SELECT seclv FROM account WHERE who = current_user));
CREATE POLICY not_manga ON document AS RESTRICTIVE USING (cid <> 44) WITH CHECK (cid < 44);
ANALYZE category; ANALYZE document; ANALYZE account;
\d document
-- readers, joins, leaky functions, estimates
SET ROLE same_bob;
SELECT * FROM document WHERE leak(title) ORDER BY did;
SELECT * FROM document NATURAL JOIN category WHERE leak(cname) ORDER BY did;
SELECT * FROM document TABLESAMPLE BERNOULLI (50) REPEATABLE (0) WHERE leak(title) ORDER BY did;
EXPLAIN SELECT * FROM document WHERE leak(title);
EXPLAIN (COSTS off) SELECT * FROM document NATURAL JOIN category WHERE leak(title) AND cname = 'novel';
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS off) SELECT count(*) FROM document;
EXPLAIN (FORMAT json, COSTS off) SELECT * FROM document;
SET ROLE same_carol;
SELECT did, title FROM document ORDER BY did;
WITH d AS (SELECT * FROM document WHERE leak(title)) SELECT level, count(*) FROM d GROUP BY ROLLUP (level) ORDER BY 1;
SELECT did FROM document UNION SELECT cid FROM category EXCEPT SELECT 11 INTERSECT SELECT 11 ORDER BY 1;
SELECT did, row_number() OVER (PARTITION BY level ORDER BY did), sum(did) OVER () FROM document ORDER BY did;
-- writing
INSERT INTO document VALUES (100, 44, 1, 'same_carol', 'manga');
INSERT INTO document VALUES (101, 11, 3, 'same_carol', 'above');
INSERT INTO document VALUES (102, 11, 1, 'same_carol', 'fine') RETURNING *;
UPDATE document SET level = 3 WHERE did = 102;
UPDATE document SET title = title || '!' WHERE leak(title) RETURNING did, title;
UPDATE document d SET title = c.cname FROM category c WHERE c.cid = d.cid AND d.did < 4 RETURNING d.*;
DELETE FROM document WHERE did = 102 RETURNING *;
INSERT INTO document VALUES (1, 11, 1, 'x', 'taken') ON CONFLICT (did) DO UPDATE SET title = EXCLUDED.title RETURNING *;
INSERT INTO document VALUES (3, 11, 1, 'x', 'hidden') ON CONFLICT (did) DO UPDATE SET title = EXCLUDED.title RETURNING *;
INSERT INTO document VALUES (3, 11, 1, 'x', 'hidden') ON CONFLICT DO NOTHING;
MERGE INTO document d USING (VALUES (1, 'merged'), (300, 'new')) v (id, t) ON d.did = v.id WHEN MATCHED THEN UPDATE SET title = v.t WHEN NOT MATCHED THEN INSERT VALUES (v.id, 22, 1, 'm', v.t);
MERGE INTO document d USING (VALUES (2)) v (id) ON d.did = v.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (301, 44, 1, 'm', 'manga');
EXPLAIN (COSTS off) MERGE INTO document d USING (VALUES (1)) v (id) ON d.did = v.id WHEN MATCHED THEN DELETE;
-- foreign keys, cascades
SET ROLE same_alice;
DELETE FROM category WHERE cid = 33;
INSERT INTO document VALUES (400, 55, 1, 'x', 'no parent');
-- COPY
SET ROLE same_bob;
COPY (SELECT did, title FROM document ORDER BY did) TO STDOUT;
COPY document TO STDOUT (DELIMITER '|');
COPY document FROM STDIN (DELIMITER '|');
500|11|1|x|copied
\.
SET row_security = off;
SELECT count(*) FROM document;
COPY document TO STDOUT;
UPDATE document SET title = 'x';
RESET row_security;
-- the owner, forced and not; those who bypass
SET ROLE same_alice;
SELECT count(*) FROM document;
ALTER TABLE document FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM document;
EXPLAIN (COSTS off) SELECT * FROM document;
ALTER TABLE document NO FORCE ROW LEVEL SECURITY;
SET ROLE same_admin;
SELECT count(*) FROM document;
SET row_security = off;
SELECT count(*) FROM document;
RESET row_security;
-- views: definer's, invoker's, barrier, with check option
SET ROLE same_alice;
CREATE VIEW v_definer AS SELECT * FROM document WHERE level < 3;
CREATE VIEW v_invoker WITH (security_invoker) AS SELECT * FROM document WHERE level < 3;
CREATE VIEW v_barrier WITH (security_barrier, security_invoker) AS SELECT * FROM document WHERE level < 2 WITH CHECK OPTION;
CREATE MATERIALIZED VIEW v_stored AS SELECT level, count(*) FROM document GROUP BY 1;
GRANT ALL ON v_definer, v_invoker, v_barrier, v_stored TO PUBLIC;
SET ROLE same_bob;
SELECT count(*) FROM v_definer; SELECT count(*) FROM v_invoker; SELECT did FROM v_barrier WHERE leak(title) ORDER BY 1; SELECT * FROM v_stored ORDER BY 1;
INSERT INTO v_barrier VALUES (600, 11, 2, 'x', 'check option');
INSERT INTO v_invoker VALUES (601, 44, 1, 'x', 'policy');
EXPLAIN (COSTS off) SELECT * FROM v_definer; EXPLAIN (COSTS off) SELECT * FROM v_invoker WHERE leak(title); EXPLAIN (COSTS off) UPDATE v_barrier SET title = 'x';
-- prepared statements and cursors across SET ROLE; WITH HOLD; savepoints
PREPARE p AS SELECT count(*) FROM document;
PREPARE q(int) AS SELECT did FROM document WHERE level = $1 ORDER BY 1;
EXECUTE p; EXECUTE q(2);
SET ROLE same_carol; EXECUTE p; EXECUTE q(2);
SET ROLE same_alice; EXECUTE p; EXPLAIN (COSTS off) EXECUTE q(2);
SET plan_cache_mode = force_generic_plan;
SET ROLE same_bob; EXECUTE q(2); EXPLAIN (COSTS off) EXECUTE q(2); RESET plan_cache_mode;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT did FROM document ORDER BY did;
DECLARE h CURSOR WITH HOLD FOR SELECT did FROM document ORDER BY did;
FETCH 2 FROM c;
SET LOCAL ROLE same_carol;
FETCH ALL FROM c; FETCH BACKWARD 1 FROM c;
SAVEPOINT s; SELECT 1 / 0 FROM document; ROLLBACK TO s;
UPDATE document SET title = 'cursor' WHERE CURRENT OF c;
COMMIT;
FETCH 3 FROM h; CLOSE h;
-- inheritance and partitions
SET ROLE same_alice;
CREATE TABLE t1 (id int PRIMARY KEY, a int, b text) ; CREATE TABLE t2 (c float) INHERITS (t1); CREATE TABLE t3 (x text) INHERITS (t1);
INSERT INTO t1 SELECT i, i % 3, 't1 ' || i FROM generate_series(1, 4) i; INSERT INTO t2 SELECT 10 + i, i % 3, 't2 ' || i, i FROM generate_series(1, 4) i; INSERT INTO t3 SELECT 20 + i, i % 3, 't3 ' || i, 'x' FROM generate_series(1, 4) i;
CREATE POLICY p1 ON t1 USING (a % 2 = 0); CREATE POLICY p2 ON t2 USING (a % 2 = 1);
ALTER TABLE t1 ENABLE ROW LEVEL SECURITY; ALTER TABLE t2 ENABLE ROW LEVEL SECURITY; GRANT ALL ON t1, t2, t3 TO PUBLIC;
CREATE TABLE part (id int, k int, b text) PARTITION BY RANGE (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (10); CREATE TABLE part2 PARTITION OF part FOR VALUES FROM (10) TO (20);
ALTER TABLE part ENABLE ROW LEVEL SECURITY; CREATE POLICY pp ON part USING (id % 2 = 0); GRANT ALL ON part, part1, part2 TO PUBLIC;
INSERT INTO part SELECT i, i, 'r' || i FROM generate_series(0, 19) i; ANALYZE t1; ANALYZE t2; ANALYZE part;
SET ROLE same_bob;
SELECT tableoid::regclass, * FROM t1 ORDER BY id; SELECT * FROM t2 WHERE leak(b) ORDER BY id; SELECT * FROM t1 WHERE a % 2 = 0 FOR SHARE;
SELECT count(*) FROM part; SELECT count(*) FROM part1; UPDATE part SET k = k + 10 WHERE k < 4 RETURNING tableoid::regclass, *; DELETE FROM ONLY t1 WHERE a = 0;
EXPLAIN SELECT * FROM t1 WHERE leak(b); EXPLAIN SELECT * FROM part WHERE k = 12; EXPLAIN (COSTS off) UPDATE part SET b = 'x';
-- sub-queries, correlated, lateral; recursion in a policy; functions
SET ROLE same_alice;
CREATE POLICY self ON category USING (EXISTS (SELECT FROM category c WHERE c.cid = category.cid)); ALTER TABLE category ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION mine() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM same.document';
CREATE FUNCTION yours() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM same.document); END';
SET ROLE same_bob;
SELECT * FROM category;
SELECT mine(), yours();
SELECT d.did, l.n FROM document d, LATERAL (SELECT count(*) AS n FROM document e WHERE e.level = d.level) l ORDER BY 1;
SELECT did FROM document d WHERE EXISTS (SELECT FROM document e WHERE e.did = d.did + 2) ORDER BY 1;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT did FROM same.document ORDER BY 1 LOOP RAISE NOTICE '%', r.did; END LOOP; END $$;
-- triggers, rules, privileges, groups
SET ROLE same_alice;
DROP POLICY self ON category; ALTER TABLE category DISABLE ROW LEVEL SECURITY;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% % %', TG_WHEN, TG_OP, CASE TG_OP WHEN 'DELETE' THEN OLD.did ELSE NEW.did END; RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END $$;
CREATE TRIGGER b BEFORE INSERT OR UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION noted(); CREATE TRIGGER a AFTER INSERT OR UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION noted();
CREATE POLICY grouped ON document FOR SELECT TO same_group USING (true);
REVOKE DELETE ON document FROM PUBLIC; REVOKE SELECT ON document FROM PUBLIC; GRANT SELECT (did, level, cid, author) ON document TO PUBLIC;
SET ROLE same_bob;
SELECT count(*) FROM document; SELECT title FROM document; DELETE FROM document; UPDATE document SET author = 'b' WHERE did = 1; INSERT INTO document (did, cid, level) VALUES (700, 11, 1);
SET ROLE same_carol; SELECT count(did) FROM document; TRUNCATE document;
SELECT * FROM nowhere; SELECT lo_unlink(12345); LISTEN x; NOTIFY x, 'payload';
-- parallel plans
RESET ROLE;
CREATE TABLE big AS SELECT i, i % 10 AS g FROM generate_series(1, 20000) i; ANALYZE big; ALTER TABLE big ENABLE ROW LEVEL SECURITY; CREATE POLICY g ON big USING (g = 3); GRANT SELECT ON big TO same_bob;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET ROLE same_bob; SELECT count(*), sum(i) FROM big; EXPLAIN (COSTS off) SELECT count(*) FROM big; SET debug_print_plan = off;
RESET ROLE;
SELECT polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid::regclass::text !~ 'pkint|^pg_' AND polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'same'::regnamespace) ORDER BY 1, polrelid::regclass::text;
DROP SCHEMA same CASCADE;
DROP ROLE same_alice, same_bob, same_carol, same_admin, same_group;
