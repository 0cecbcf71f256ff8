-- The matching core beside meltt 0.4.3 on its own example: three simulated sets of car crashes at 4 km and 2 days (R28).
-- A peer's answer, not the truth: what differs is listed, and docs/matching.md says why.

SELECT plan(3);
SET search_path = public, pkint;
SET timezone = 'UTC';
\set QUIET on
\set crashes :data '/matching/crash_data1.csv'
SELECT (pg_catalog.pg_stat_file(:'crashes', true)).size IS NOT NULL AS data_there \gset
\if :data_there
CREATE TEMP TABLE raw (dataset text, event int, first date, last date, latitude float8, longitude float8, model text, color text, damage text);
\set file :data '/matching/crash_data1.csv'
COPY raw FROM :'file' WITH (FORMAT csv, HEADER);
\set file :data '/matching/crash_data2.csv'
COPY raw FROM :'file' WITH (FORMAT csv, HEADER);
\set file :data '/matching/crash_data3.csv'
COPY raw FROM :'file' WITH (FORMAT csv, HEADER);
CREATE TEMP TABLE model (source text, base text, l1 text, l2 text, l3 text);
CREATE TEMP TABLE color (source text, base text, l1 text, l2 text);
CREATE TEMP TABLE damage (source text, base text, l1 text);
\set file :data '/matching/tax_model_tax.csv'
COPY model FROM :'file' WITH (FORMAT csv, HEADER);
\set file :data '/matching/tax_color_tax.csv'
COPY color FROM :'file' WITH (FORMAT csv, HEADER);
\set file :data '/matching/tax_damage_tax.csv'
COPY damage FROM :'file' WITH (FORMAT csv, HEADER);
CREATE TEMP TABLE peer (d1 int, e1 int, d2 int, e2 int, d3 int, e3 int, t3 text, t2 text, t1 text);
\set file :data '/matching/meltt_matches_4km_2d.csv'
COPY peer FROM :'file' WITH (FORMAT csv, HEADER);

-- their three taxonomies, as our levels of a code, our actors and our words; 4 km and 2 days shared between the two sides
CREATE TEMP TABLE crash AS
SELECT right(dataset, 1)::int * 1000 + event AS id, right(dataset, 1)::int AS unit,
	make_footprint(longitude, latitude, 2000, tstzrange(first - interval '1 day', last + interval '2 days')) AS f,
	concat_ws('-', translate(m.l3, '- ', ''), translate(m.l2, '- ', ''), translate(m.l1, '- ', '')) AS code, c.l1 AS color, d.l1 AS damage
FROM raw LEFT JOIN model m ON m.source = dataset AND m.base = raw.model LEFT JOIN color c ON c.source = dataset AND c.base = raw.color
	LEFT JOIN damage d ON d.source = dataset AND d.base = raw.damage;
CREATE TEMP TABLE pair AS
SELECT a.id AS a, b.id AS b, a.unit AS ua, b.unit AS ub, match_evidence(a.f, a.code, a.color, NULL, NULL, NULL, NULL, NULL, a.damage,
	b.f, b.code, b.color, NULL, NULL, NULL, NULL, NULL, b.damage) AS e, a.f <-> b.f AS gap
FROM crash a JOIN crash b ON a.unit < b.unit AND a.f &= b.f;
CREATE TEMP TABLE ours AS
SELECT r.a, r.b FROM (SELECT a, b, ua, ub, row_number() OVER (ORDER BY match_score(e) DESC, a, b) AS n FROM pair WHERE match_score(e) >= 2.5) r
	JOIN unnest((SELECT choose_matches(array_agg(a ORDER BY match_score(e) DESC, a, b), array_agg(b ORDER BY match_score(e) DESC, a, b),
		array_agg(ua ORDER BY match_score(e) DESC, a, b), array_agg(ub ORDER BY match_score(e) DESC, a, b)) FROM pair WHERE match_score(e) >= 2.5)) WITH ORDINALITY AS t (taken, n) USING (n) WHERE taken;
CREATE TEMP TABLE theirs AS
SELECT 1000 + e1 AS a, 2000 + e2 AS b FROM peer WHERE e1 > 0 AND e2 > 0 UNION SELECT 1000 + e1, 3000 + e3 FROM peer WHERE e1 > 0 AND e3 > 0
UNION SELECT 2000 + e2, 3000 + e3 FROM peer WHERE e2 > 0 AND e3 > 0;
SELECT is((SELECT count(*) FROM raw), 195::bigint, 'three sets of crashes');
SELECT diag(format('pairs: both %s, ours alone %s, theirs alone %s', (SELECT count(*) FROM ours JOIN theirs USING (a, b)),
	(SELECT count(*) FROM ours LEFT JOIN theirs t USING (a, b) WHERE t.a IS NULL), (SELECT count(*) FROM theirs LEFT JOIN ours o USING (a, b) WHERE o.a IS NULL)));
SELECT diag(format('ours alone %s %s: %s', a, b, match_parts(e))) FROM ours JOIN pair USING (a, b) LEFT JOIN theirs t USING (a, b) WHERE t.a IS NULL ORDER BY a, b;
SELECT diag(format('theirs alone %s %s: %s %s', a, b, COALESCE(match_score(e)::numeric(6, 2)::text, 'no candidate'), match_parts(e))) FROM theirs LEFT JOIN pair USING (a, b) LEFT JOIN ours o USING (a, b) WHERE o.a IS NULL ORDER BY a, b;
SELECT cmp_ok((SELECT count(*)::numeric / (SELECT count(*) FROM theirs) FROM ours JOIN theirs USING (a, b)), '>=', 0.9, 'nine in ten of their pairs are ours');
SELECT is((SELECT count(*) FROM ours x JOIN ours y ON x.a = y.a AND x.b < y.b AND x.b / 1000 = y.b / 1000), 0::bigint, 'nobody has two partners of one set');
\else
SELECT skip('no data in ' || :'data', 3);
\endif
SELECT * FROM finish();
