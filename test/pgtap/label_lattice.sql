-- The laws of the lattice, by random trial against a plain model (T19, T21).
--
-- The model knows nothing of labels: a level is a number, a set of codes a bit
-- mask, ALL is null, and a label's text is looked up from those.  What the C
-- code computes from the texts must be what the model computes from the masks.
-- PKINT_SEED=number repeats a trial.
\getenv seed PKINT_SEED
\if :{?seed}
\else
	SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint % 1000000 AS seed \gset
\endif
\echo # seed :seed
SET search_path = public, pkint;
SELECT plan(20);

-- masks and how they are written: bit i is the i-th code
CREATE TEMP TABLE model_set AS
SELECT kind, mask, string_agg(code, ',' ORDER BY i) FILTER (WHERE mask & (1 << (i - 1)::int) <> 0) AS codes
FROM (VALUES ('caveats', ARRAY['CRSV', 'K', 'K-1', 'SOURCE']),
		('units', ARRAY['G2', 'HRD', 'JMAC', 'JOC', 'U2']),
		('originators', ARRAY['HRD', 'MISSION', 'U2', 'UN'])) AS k(kind, all_codes),
	LATERAL generate_series(0, (1 << cardinality(all_codes)) - 1) AS mask,
	LATERAL unnest(all_codes) WITH ORDINALITY AS c(code, i)
GROUP BY kind, mask;

-- every label of the model: units null means ALL
CREATE TEMP TABLE model_label AS
SELECT row_number() OVER () AS id, level, c.mask AS caveats, u.mask AS units, o.mask AS originators,
	(ARRAY['UNCLASSIFIED', 'CONFIDENTIAL', 'STRICTLY CONFIDENTIAL'])[level]
	|| coalesce('//' || c.codes, '')
	|| '//REL ' || CASE WHEN u.mask IS NULL THEN 'ALL' ELSE coalesce(u.codes, 'NONE') END
	|| CASE WHEN o.codes = 'MISSION' THEN '' ELSE '//ORIG ' || coalesce(o.codes, 'NONE') END AS txt
FROM generate_series(1, 3) AS level,
	(SELECT mask, codes FROM model_set WHERE kind = 'caveats') c,
	(SELECT mask, codes FROM model_set WHERE kind = 'units' UNION ALL SELECT NULL, NULL) u,
	(SELECT mask, codes FROM model_set WHERE kind = 'originators') o;
ALTER TABLE model_label ADD label label;
UPDATE model_label SET label = txt::label;
CREATE INDEX ON model_label (level, caveats, coalesce(units, -1), originators);
CREATE TEMP TABLE model_clearance AS
SELECT row_number() OVER () AS id, level, c.mask AS caveats, u.mask AS units,
	((ARRAY['UNCLASSIFIED', 'CONFIDENTIAL', 'STRICTLY CONFIDENTIAL'])[level]
	|| coalesce('//' || c.codes, '')
	|| '//UNITS ' || CASE WHEN u.mask IS NULL THEN 'ALL' ELSE coalesce(u.codes, 'NONE') END)::clearance AS clearance
FROM generate_series(1, 3) AS level,
	(SELECT mask, codes FROM model_set WHERE kind = 'caveats') c,
	(SELECT mask, codes FROM model_set WHERE kind = 'units' UNION ALL SELECT NULL, NULL) u;

-- 100,000 cases: three labels and a clearance each
SELECT setseed((:seed % 1000000) / 1000000.0) \g /dev/null
CREATE TEMP TABLE trial AS
WITH n AS (SELECT (SELECT count(*) FROM model_label) AS labels, (SELECT count(*) FROM model_clearance) AS clearances),
drawn AS MATERIALIZED (SELECT i, 1 + floor(random() * labels) AS a, 1 + floor(random() * labels) AS b,
		1 + floor(random() * labels) AS c, 1 + floor(random() * clearances) AS r
	FROM n, generate_series(1, 100000) AS i)
SELECT i, a.label AS a, b.label AS b, c.label AS c, r.clearance AS r,
	-- what the model says
	a.level >= b.level AND a.caveats & b.caveats = b.caveats
		AND a.originators & b.originators = b.originators
		AND (b.units IS NULL OR (a.units IS NOT NULL AND a.units & b.units = a.units)) AS m_dominates,
	r.level >= a.level AND r.caveats & a.caveats = a.caveats
		AND CASE WHEN a.units IS NULL THEN true WHEN r.units IS NULL THEN a.units <> 0
			ELSE a.units & r.units <> 0 END AS m_readable,
	greatest(a.level, b.level) AS j_level, a.caveats | b.caveats AS j_caveats,
	CASE WHEN a.units IS NULL THEN b.units WHEN b.units IS NULL THEN a.units ELSE a.units & b.units END AS j_units,
	a.originators | b.originators AS j_originators,
	least(a.level, b.level) AS m_level, a.caveats & b.caveats AS m_caveats,
	a.units | b.units AS m_units,
	a.originators & b.originators AS m_originators
FROM drawn JOIN model_label a ON a.id = drawn.a JOIN model_label b ON b.id = drawn.b
	JOIN model_label c ON c.id = drawn.c JOIN model_clearance r ON r.id = drawn.r;

SELECT is((SELECT count(*) FROM trial), 100000::bigint, 'there are 100,000 cases');
SELECT ok((SELECT count(*) > 100 AND count(*) < 99900 FROM trial WHERE m_dominates), 'dominance both ways is among them');
SELECT ok((SELECT count(*) > 100 AND count(*) < 99900 FROM trial WHERE m_readable), 'labels read and unread are among them');
SELECT is_empty('SELECT txt, label FROM model_label WHERE label::text <> txt', 'every label is written as the model writes it');
SELECT is_empty('SELECT i, a, b FROM trial WHERE (a @> b) <> m_dominates', 'a @> b is the model''s dominance');
SELECT is_empty('SELECT i, a, b FROM trial WHERE (b <@ a) <> (a @> b)', 'b <@ a is a @> b');
SELECT is_empty('SELECT i, a, r FROM trial WHERE (a <@ r) <> m_readable', 'a <@ clearance is the model''s reading');
SELECT is_empty('SELECT i, a, b, a | b FROM trial LEFT JOIN model_label l ON l.level = j_level AND l.caveats = j_caveats
	AND coalesce(l.units, -1) = coalesce(j_units, -1) AND l.originators = j_originators
	WHERE (a | b) IS DISTINCT FROM l.label', 'a | b is the model''s join');
SELECT is_empty('SELECT i, a, b, a & b FROM trial LEFT JOIN model_label l ON l.level = m_level AND l.caveats = m_caveats
	AND coalesce(l.units, -1) = coalesce(m_units, -1) AND l.originators = m_originators
	WHERE (a & b) IS DISTINCT FROM l.label', 'a & b is the model''s meet');
SELECT is_empty('SELECT i, a, b FROM trial WHERE (a | b) <> (b | a) OR (a & b) <> (b & a)', 'join and meet commute');
SELECT is_empty('SELECT i, a, b, c FROM trial WHERE ((a | b) | c) <> (a | (b | c)) OR ((a & b) & c) <> (a & (b & c))',
	'join and meet are associative');
SELECT is_empty('SELECT i, a FROM trial WHERE (a | a) <> a OR (a & a) <> a', 'join and meet are idempotent');
SELECT is_empty('SELECT i, a, b FROM trial WHERE (a | (a & b)) <> a OR (a & (a | b)) <> a', 'join and meet absorb');
SELECT is_empty('SELECT i, a, b FROM trial WHERE (a @> b) <> ((a | b) = a) OR (a @> b) <> ((a & b) = b)',
	'a @> b if and only if a | b = a, and if and only if a & b = b');
SELECT is_empty('SELECT i, a, b, c FROM trial WHERE c @> a AND c @> b AND NOT c @> (a | b)
	UNION ALL SELECT i, a, b, c FROM trial WHERE a @> c AND b @> c AND NOT (a & b) @> c',
	'join is the least upper, meet the greatest lower bound');
SELECT is_empty('SELECT i, a, b, r FROM trial WHERE ((a | b) <@ r AND NOT (a <@ r AND b <@ r))
	OR (a @> b AND a <@ r AND NOT b <@ r)',
	'whoever reads a join reads its parts, and whatever is dominated by what he reads');
SELECT is_empty('SELECT i, a, b FROM trial WHERE a @> b AND label_cmp(a, b) < 0', 'the B-tree order extends dominance');
SELECT is_empty('SELECT i, a, b FROM trial WHERE sign(label_cmp(a, b)) <> -sign(label_cmp(b, a))
	OR (label_cmp(a, b) = 0) <> (a = b) OR (a = b) <> (a::text = b::text)
	OR (label_cmp(a, b) <= 0 AND label_cmp(b, c) <= 0 AND label_cmp(a, c) > 0)', 'the B-tree order is total');
SELECT is_empty('SELECT l FROM model_label l WHERE make_label(level(label), caveats(label), releasable_to(label),
	originators(label)) <> label', 'every label is made again from its parts');
SELECT is_empty('SELECT a, b FROM trial WHERE a = b AND (label_hash(a) <> label_hash(b)
	OR label_hash_extended(a, i) <> label_hash_extended(b, i))', 'equal labels hash alike');
SELECT * FROM finish();
