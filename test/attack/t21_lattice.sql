-- T21: the lattice's laws by random trial against a plain model, and that whoever reads a join reads its parts.
SET search_path = mallory, public, pkint;
SELECT setseed(0.42) \g /dev/null
CREATE FUNCTION pg_temp.some(codes text[]) RETURNS text[] LANGUAGE sql VOLATILE AS 'SELECT coalesce(array_agg(c), ''{}'') FROM unnest(codes) c WHERE random() < 0.5';
CREATE TEMP TABLE l AS SELECT row_number() OVER () AS i, ('{U,C,SC}'::text[])[1 + floor(random() * 3)::int] AS level, pg_temp.some('{K1,K2,K3}') AS caveats,
	CASE WHEN random() < 0.2 THEN '{ALL}' WHEN random() < 0.1 THEN '{NONE}' ELSE pg_temp.some('{A,B,C}') || '{D}'::text[] END AS rel, pg_temp.some('{A,B}') || '{C}'::text[] AS orig FROM generate_series(1, 60);
ALTER TABLE l ADD label pkint.label;
UPDATE l SET label = make_label(level, caveats, rel, orig);
CREATE FUNCTION pg_temp.audience(r text[]) RETURNS text[] LANGUAGE sql RETURN CASE WHEN r = '{ALL}' THEN '{A,B,C,D,E}'::text[] WHEN r = '{NONE}' THEN '{}'::text[] ELSE r END;
SELECT attack.ok(count(*) FILTER (WHERE (a.label @> b.label) IS DISTINCT FROM (array_position('{U,C,SC}', a.level) >= array_position('{U,C,SC}', b.level) AND a.caveats @> b.caveats
	AND pg_temp.audience(a.rel) <@ pg_temp.audience(b.rel) AND a.orig @> b.orig)) = 0, '@> against a plain model', count(*) || ' pairs') FROM l a, l b;
SELECT attack.ok(bool_and((a.label | b.label) = (b.label | a.label) AND (a.label & b.label) = (b.label & a.label) AND (a.label | a.label) = a.label AND (a.label & a.label) = a.label
	AND (a.label | (a.label & b.label)) = a.label AND (a.label & (a.label | b.label)) = a.label AND (a.label @> b.label) = ((a.label | b.label) = a.label)),
	'commutative, idempotent, absorbing; a @> b if and only if a | b = a', count(*) || ' pairs') FROM l a, l b;
SELECT attack.ok(bool_and(((a.label | b.label) | c.label) = (a.label | (b.label | c.label)) AND ((a.label & b.label) & c.label) = (a.label & (b.label & c.label))), 'associative', count(*) || ' triples')
	FROM l a, l b, l c WHERE a.i < 16 AND b.i < 16 AND c.i < 16;
SELECT attack.ok(count(*) FILTER (WHERE (a.label | b.label) <@ k AND NOT (a.label <@ k AND b.label <@ k)) = 0, 'whoever reads a join reads its parts', count(*) FILTER (WHERE (a.label | b.label) <@ k) || ' readings')
	FROM l a, l b, (VALUES ('SC//K1,K2,K3//UNITS A'::clearance), ('C//K1//UNITS B,D'), ('SC//K1,K2,K3//UNITS ALL'), ('U//UNITS NONE'), ('C//UNITS E')) v (k);
