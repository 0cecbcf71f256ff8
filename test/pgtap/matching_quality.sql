-- Matching on labelled synthetic reports: precision and recall; the same answer in any order, at once or one by one (R28).
-- 700 events around 60 towns in a year; three units report each with 60 %, with the sample mission's noise: grid references, towns
-- and areas; days off by one; counts that differ; codes of the same group or undetermined; actors left out; two languages.

SELECT plan(9);
SET client_min_messages = warning;
SET search_path = public, pkint;
SET timezone = 'UTC';
SET jit = off;
\set QUIET on

CREATE ROLE regress_qofficer;
CREATE ROLE regress_quality;
INSERT INTO pkint.unit (code, name) VALUES ('QA', 'one'), ('QB', 'two'), ('QC', 'three'), ('QX', 'cell');
SELECT pkint.appoint('regress_qofficer', 'security_officer') \g /dev/null
SET SESSION AUTHORIZATION regress_qofficer;
SELECT pkint.assign('regress_quality', 'QX'), pkint.set_clearance('regress_quality', 'C') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_synth') \g /dev/null

SELECT setseed(0.11) \g /dev/null
CREATE TEMP TABLE town AS SELECT i, 14 + random() * 8 AS lon, 3 + random() * 5 AS lat FROM generate_series(1, 60) AS i;
CREATE TEMP TABLE event AS
SELECT e.i, lon + (random() + random() - 1) * 0.08 AS lon, lat + (random() + random() - 1) * 0.08 AS lat,
	'2022-01-01'::timestamptz + random() * interval '365 days' AS at,
	(ARRAY['CIV-KIL', 'CIV-INJ', 'CIV-ABD', 'CIV-RAZ', 'ARM-CLASH', 'ARM-AMB', 'CRM-ROB', 'EXP-IED', 'HAZ-ROA', 'UNM-FOM'])[1 + floor(random() * 10)] AS code,
	floor(exp(random() * 3))::int - 1 AS killed, (ARRAY['Red Scarves', 'River Front', 'Army patrol', 'Northern Union', 'armed herders'])[1 + floor(random() * 5)] AS actor,
	(ARRAY['market', 'school', 'bridge', 'checkpoint', 'mine', 'village', 'convoy', 'church'])[1 + floor(random() * 8)] AS object
FROM (SELECT i, 1 + floor(random() * 60) AS t FROM generate_series(1, 700) AS i OFFSET 0) AS e JOIN town ON town.i = e.t;
CREATE TEMP TABLE filed AS
SELECT row_number() OVER (ORDER BY random()) AS id, i AS event, u AS unit, f, k.code, k.killed, CASE WHEN random() < 0.7 THEN actor END AS actor,
	CASE WHEN random() < 0.3 THEN 'attaque ' || object || ' ' || k.killed || ' morts' ELSE 'incident at ' || object || ' ' || actor || ' ' || k.killed || ' dead' END AS title
FROM event, unnest(ARRAY['QA', 'QB', 'QC']) AS u,
	LATERAL (SELECT random() + 0 * i AS how, random() + 0 * i AS when_, random() + 0 * i AS what, random() + 0 * i AS bearing, random() + 0 * i AS off) AS r,
	LATERAL (SELECT CASE WHEN how < 0.4 THEN 100 WHEN how < 0.85 THEN 2500 ELSE 12000 END::float8 AS radius) AS p,
	LATERAL (SELECT make_footprint(lon + off * radius / 111000 * sin(bearing * 6.28), lat + off * radius / 111000 * cos(bearing * 6.28), radius,
		CASE WHEN when_ < 0.3 THEN tstzrange(at - interval '30 minutes', at + interval '30 minutes') WHEN when_ < 0.9 THEN tstzrange(date_trunc('day', at), date_trunc('day', at) + interval '1 day')
		ELSE tstzrange(date_trunc('day', at) + interval '1 day', date_trunc('day', at) + interval '2 days') END) AS f) AS g,
	LATERAL (SELECT CASE WHEN what < 0.75 THEN code WHEN what < 0.9 THEN left(code, 3) || '-' || CASE left(code, 3) WHEN 'CIV' THEN 'THR' WHEN 'ARM' THEN 'POS' WHEN 'CRM' THEN 'THF'
		WHEN 'EXP' THEN 'ERW' WHEN 'HAZ' THEN 'FIR' ELSE 'THR' END WHEN what < 0.95 THEN 'UND-EVT' END AS code,
		CASE WHEN how * 7 - floor(how * 7) < 0.7 THEN killed ELSE killed + floor(off * 3)::int END AS killed) AS k
WHERE random() < 0.6;
INSERT INTO regress_synth.report (id, label, unit, footprint, code, killed, actor, title) OVERRIDING SYSTEM VALUE
SELECT id, ('C//REL QA,QB,QC,QX//ORIG ' || unit)::pkint.label, unit, f, code, killed, actor, title FROM filed;
ANALYZE regress_synth.report;
CREATE TEMP TABLE suggested (a bigint, b bigint);
GRANT ALL ON suggested TO regress_quality;
GRANT SELECT ON filed TO regress_quality;

-- at once
SET SESSION AUTHORIZATION regress_quality;
INSERT INTO suggested SELECT report_a, report_b FROM pkint.suggest_matches('regress_synth');
RESET SESSION AUTHORIZATION;
-- incidents as matching makes them: pairs that stand together through a third count too
CREATE FUNCTION pg_temp.joined(edges text) RETURNS TABLE (a bigint, b bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('WITH RECURSIVE e AS (SELECT a, b FROM %1$s UNION SELECT b, a FROM %1$s), r(a, b) AS (SELECT e.a, e.b FROM e UNION SELECT r.a, e.b FROM r JOIN e ON e.a = r.b) SELECT r.a, r.b FROM r WHERE r.a < r.b', edges);
END $$;
CREATE TEMP TABLE found AS SELECT * FROM pg_temp.joined('suggested');
CREATE TEMP TABLE truth AS SELECT x.id AS a, y.id AS b FROM filed x JOIN filed y ON x.event = y.event AND x.id < y.id;
SELECT cmp_ok((SELECT count(*) FROM truth), '>', 500::bigint, 'there are many true pairs');
SELECT diag('precision ' || round((SELECT count(t.a)::numeric / count(*) FROM found LEFT JOIN truth t USING (a, b)), 3)
	|| ', recall ' || round((SELECT count(f.a)::numeric / count(*) FROM truth LEFT JOIN found f USING (a, b)), 3) || ', pairs ' || (SELECT count(*) FROM truth));
SELECT cmp_ok((SELECT count(t.a)::numeric / count(*) FROM found LEFT JOIN truth t USING (a, b)), '>=', 0.95, 'precision');
SELECT cmp_ok((SELECT count(f.a)::numeric / count(*) FROM truth LEFT JOIN found f USING (a, b)), '>=', 0.95, 'recall');
SELECT is((SELECT count(*) FROM found JOIN filed x ON x.id = a JOIN filed y ON y.id = b WHERE x.unit = y.unit), 0::bigint, 'no incident has two reports of one unit');

-- in another order of ids
SELECT pkint.create_register('regress_turned') \g /dev/null
INSERT INTO regress_turned.report (id, label, unit, footprint, code, killed, actor, title) OVERRIDING SYSTEM VALUE
SELECT 100000 - id, ('C//REL QA,QB,QC,QX//ORIG ' || unit)::pkint.label, unit, f, code, killed, actor, title FROM filed;
ANALYZE regress_turned.report;
CREATE TEMP TABLE turned (a bigint, b bigint);
GRANT ALL ON turned TO regress_quality;
SET SESSION AUTHORIZATION regress_quality;
INSERT INTO turned SELECT 100000 - report_b, 100000 - report_a FROM pkint.suggest_matches('regress_turned');
RESET SESSION AUTHORIZATION;
SELECT set_eq('SELECT a, b FROM turned', 'SELECT a, b FROM suggested', 'the order in which reports came makes no difference');

-- a hundred at a time, each probing the index once
SELECT pkint.create_register('regress_bit') \g /dev/null
GRANT ALL ON SCHEMA regress_bit TO regress_quality;
CREATE FUNCTION pg_temp.drip() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR n IN 0 .. (SELECT max(id) FROM filed) / 100 LOOP
		INSERT INTO regress_bit.report (id, label, unit, footprint, code, killed, actor, title) OVERRIDING SYSTEM VALUE
		SELECT id, ('C//REL QA,QB,QC,QX//ORIG ' || unit)::pkint.label, unit, f, code, killed, actor, title FROM filed WHERE id / 100 = n;
		SET LOCAL ROLE regress_quality;
		PERFORM count(*) FROM pkint.suggest_matches('regress_bit', ARRAY(SELECT id FROM filed WHERE id / 100 = n));
		RESET ROLE;
	END LOOP;
END $$;
SELECT pg_temp.drip() \g /dev/null
SELECT set_eq('SELECT report_a, report_b FROM regress_bit.match WHERE status = ''suggested''', 'SELECT a, b FROM suggested', 'nor whether they came at once or bit by bit');

-- 62 groups of real events share place, day and both sides, and are distinct: they never merge within one unit's set
\set ged :data '/ged/car.csv'
SELECT (pg_catalog.pg_stat_file(:'ged', true)).size IS NOT NULL AS data_there \gset
\if :data_there
CREATE TEMP TABLE ged (id text, c2 text, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text, c10 text, c11 text, c12 text, c13 text, c14 text, side_a text, c16 text,
	c17 text, side_b text, c19 text, c20 text, c21 text, c22 text, c23 text, c24 text, where_prec text, c26 text, c27 text, c28 text, c29 text, latitude float8, longitude float8,
	c32 text, c33 text, c34 text, c35 text, c36 text, c37 text, date_prec text, date_start date, date_end date, c41 text, c42 text, c43 text, c44 text, best text, c46 text,
	c47 text, c48 text, c49 text, c50 text, c51 text);
COPY ged FROM :'ged' WITH (FORMAT csv, HEADER);
SELECT pkint.create_register('regress_ged') \g /dev/null
INSERT INTO regress_ged.report (label, unit, footprint, actor, actor2, killed, feed_key)
SELECT 'C//REL QA,QX//ORIG QA', 'QA', footprint_from_codes('ucdp', longitude, latitude, where_prec, date_start, date_end, date_prec), side_a, side_b, best::int, id FROM ged;
ANALYZE regress_ged.report;
SELECT is((SELECT count(*) FROM (SELECT FROM ged GROUP BY latitude, longitude, date_start, side_a, side_b HAVING count(*) > 1) AS g), 62::bigint, 'there are 62 such groups');
SET SESSION AUTHORIZATION regress_quality;
SELECT is((SELECT count(*) FROM pkint.suggest_matches('regress_ged')), 0::bigint, 'distinct events of one unit stay distinct');
SELECT is((SELECT count(*) FROM regress_ged.incident), 1855::bigint, 'every event is an incident of its own');
RESET SESSION AUTHORIZATION;
\else
SELECT skip('no data in ' || :'data', 3);
\endif
SELECT * FROM finish();
