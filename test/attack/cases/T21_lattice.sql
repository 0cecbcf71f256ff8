-- 500 random pairs: does a reader of a join read both of its parts?
SELECT setseed(0.5);
CREATE TEMP TABLE l AS SELECT (format('%s//%sREL %s//ORIG %s', (ARRAY['U', 'C', 'SC'])[1 + (random() * 2)::int],
	(ARRAY['', 'A//', 'A,B//'])[1 + (random() * 2)::int], (ARRAY['ALL', 'NONE', 'X', 'X,Y', 'Y,Z'])[1 + (random() * 4)::int],
	(ARRAY['UN', 'X', 'X,Y'])[1 + (random() * 2)::int]))::pkint.label AS a FROM generate_series(1, 40);
SELECT CASE WHEN bool_and((NOT (x.a | y.a) <@ c.c OR x.a <@ c.c AND y.a <@ c.c) AND ((x.a @> y.a) = ((x.a | y.a) = x.a)))
	THEN 'nothing' ELSE 'LEAK: a join says more than its reader may read' END
	FROM l x, l y, (VALUES ('C//A//UNITS X'::pkint.clearance), ('SC//A,B//UNITS Y,Z'), ('U//UNITS NONE')) c (c);
