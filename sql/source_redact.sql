-- Names in narratives: scripts, spellings, particles; whose code; who may ask. Coarse places. Safe counts.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
BEGIN;
CREATE ROLE regress_sr_a;
CREATE ROLE regress_sr_b;
CREATE ROLE regress_sr_analyst;
INSERT INTO pkint.unit (code, name) VALUES ('SRA', 'unit a'), ('SRB', 'unit b');
INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
SELECT p::regrole, p, 'source_custodian', u, now() + interval '1 day', 10, 'test'
FROM (VALUES ('regress_sr_a', 'SRA'), ('regress_sr_b', 'SRB')) AS t (p, u);
CREATE TEMP TABLE story (id int, narrative text);
INSERT INTO story VALUES
	(1, 'Mohamed Youssef told the patrol of an ambush.'),
	(2, 'MUHAMMAD YUSUF, again.'),
	(3, 'Seen by محمد يوسف near the well.'),
	(4, 'قال ومحمد يوسف ذلك'),
	(5, 'Récit d''Aïssatou Ba et de l''aide de Youssef Mohamed'),
	(6, 'Aissatou  BA went to market; mohamed youssef too.'),
	(7, 'Jean-Baptiste N''Golo and N’Golo Jean-Baptiste'),
	(8, 'Mohamed went, and Youssef Keita stayed.'),
	(9, 'They call him Tonton Bazooka in the quarter.'),
	(10, 'Щербаков Иван was there, so Ivan Chtcherbakov said.'),
	(11, ''), (12, 'Nothing to see here, just a road and a truck.');
GRANT SELECT ON story TO PUBLIC;
SET SESSION AUTHORIZATION regress_sr_a;
-- before anybody is registered there is nothing to find
SELECT count(*) FROM story WHERE pkint.redact(narrative, 'SRA') <> narrative;
SELECT pkint.register_source('SRA', '{"name": "Mohamed Youssef"}', true, false) AS m,
	pkint.register_source('SRA', '{"name": "Aïssatou Bâ"}', true, false) AS b,
	pkint.register_source('SRA', '{"name": "Jean-Baptiste N''Golo", "aliases": ["Tonton Bazooka"]}', true, false) AS n,
	pkint.register_source('SRA', '{"name": "Ivan Chtcherbakov"}', true, false) AS c \gset
-- a new source is found in older stories at once; the codes written as letters here
SELECT id, replace(replace(replace(replace(pkint.redact(narrative, 'SRA'), :'m', '<M>'), :'b', '<B>'), :'n', '<N>'), :'c', '<C>') AS shown
FROM story ORDER BY id;
-- another unit sees that there is a source, and not whose
SET SESSION AUTHORIZATION regress_sr_b;
SELECT id, pkint.redact(narrative, 'SRB') AS shown FROM story WHERE id IN (1, 5, 12) ORDER BY id;
-- the free text is for custodians
SAVEPOINT s;
SELECT pkint.redact('Mohamed Youssef', 'SRA');
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_sr_analyst;
SELECT pkint.redact('Mohamed Youssef', 'SRA');
ROLLBACK TO s;
SELECT hash FROM pkint.source_word;
ROLLBACK TO s;
SELECT pkint.approximate_place('POINT(18.55 4.36)', 1000);
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
-- the index: hashes of one name in two units have nothing in common
SET SESSION AUTHORIZATION regress_sr_b;
SELECT pkint.register_source('SRB', '{"name": "Mohamed Youssef"}', true, false) <> :'m' AS own_code;
RESET SESSION AUTHORIZATION;
SELECT count(*) AS shared_hashes FROM pkint.source_name a JOIN pkint.source_name b USING (hash) WHERE a.unit = 'SRA' AND b.unit = 'SRB';

-- coarse places: one answer for a cell, however often and from wherever in it
SELECT count(DISTINCT p) BETWEEN 1 AND 4 AS few_answers, max(ST_Distance(p, true_place)) <= pkint.approximate_radius_m(10000) AS within
FROM (SELECT g::geography AS true_place, pkint.approximate_place(g::geography, 10000) AS p
	FROM (SELECT ST_Translate('SRID=4326;POINT(18.55 4.36)'::geometry, (n % 100) * 1e-5, (n / 100) * 1e-5) AS g
		FROM generate_series(1, 10000) AS n) AS jitter) AS t;
SELECT bool_and(ST_Distance(pkint.approximate_place(g, cell), g) <= pkint.approximate_radius_m(cell)) AS within,
	count(DISTINCT pkint.approximate_place(g, cell)) AS answers
FROM (SELECT ST_MakePoint(lon, lat)::geography AS g FROM generate_series(-179, 179, 7) AS lon, generate_series(-77, 77, 7) AS lat) AS world,
	(VALUES (100::float8), (5000), (50000)) AS v (cell);
SELECT ST_AsText(pkint.approximate_place('POINT(0 89.9999)', 5000)) IS NOT NULL AS pole, pkint.approximate_place('POINT EMPTY', 5000) IS NULL AS nowhere;
SELECT pkint.approximate_place('POINT(0 0)', 5000) <> pkint.approximate_place('POINT(0 0)', 5001) AS sizes_differ;
SAVEPOINT p;
SELECT pkint.approximate_place('POINT(0 0)', 10);
ROLLBACK TO p;
SELECT pkint.approximate_place('POINT(0 0)', 'NaN');
ROLLBACK TO p;

RESET SESSION AUTHORIZATION;
-- safe counts: too few, give or take two, the same again, and nothing by subtraction
CREATE TEMP TABLE victim AS
SELECT 'person ' || n AS person, CASE WHEN n % 2 = 0 THEN 'f' ELSE 'm' END AS sex, CASE WHEN n % 10 = 0 THEN '60+' WHEN n % 3 = 0 THEN '0-17' ELSE '18-59' END AS age
FROM generate_series(1, 200) AS n;
SELECT pkint.safe_count(person) AS too_few FROM victim WHERE person ~ ' 1[0-3]$';
SELECT pkint.safe_count(person) AS nobody FROM victim WHERE false;
SELECT abs(pkint.safe_count(person) - 200) <= 2 AS near, pkint.safe_count(person) = pkint.safe_count(p2) AS rows_do_not_count FROM (SELECT person, person AS p2 FROM victim UNION ALL SELECT person, person FROM victim) AS t;
SELECT (SELECT pkint.safe_count(person) FROM victim) - (SELECT pkint.safe_count(person) FROM victim WHERE person <> 'person 77') AS learned,
	(SELECT pkint.safe_count(person) FROM victim) - (SELECT pkint.safe_count(person) FROM victim WHERE person <> 'nobody') AS also;
SELECT count(DISTINCT c) AS answers FROM (SELECT (SELECT pkint.safe_count(person) FROM victim WHERE person <> 'person ' || n) AS c FROM generate_series(1, 30) AS n) AS t;
SELECT pkint.safe_count(code::text) AS sources FROM pkint.source WHERE unit = 'SRA';
-- a cross table: no line has a single gap, and totals are not sums
SELECT row_label, column_label, CASE WHEN count IS NULL THEN 'gap' ELSE 'number' END
FROM pkint.safe_cross_rows((SELECT pkint.safe_cross(person, sex, age) FROM (SELECT * FROM victim WHERE NOT (sex = 'f' AND age = '60+' AND person <> 'person 10')) AS v))
ORDER BY 1, 2;
SELECT bool_and(abs(count - (SELECT count(*) FROM victim v WHERE (v.sex = row_label OR row_label = 'total') AND (v.age = column_label OR column_label = 'total'))) <= 2) AS near
FROM pkint.safe_cross_rows((SELECT pkint.safe_cross(person, sex, age) FROM victim)) WHERE count IS NOT NULL;
SELECT pkint.safe_cross(person, sex, 'all') @> '[{"row": "f", "column": "total", "count": null}]' AS total_of_one_cell_left_out FROM victim;
ROLLBACK;
