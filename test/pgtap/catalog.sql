-- The catalog is in order: comments, search paths, leakproofness, operators,
-- operator classes, dumped tables.  The list of each test is what it found.

BEGIN;
SELECT no_plan();

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'pkint' AND d.deptype = 'e';

-- A function that no ordinary role may call needs no words for users, but for
-- developers; all the same each of them carries a comment.
SELECT is_empty($$
	SELECT objid::regprocedure FROM member
	WHERE classid = 'pg_proc'::regclass AND obj_description(objid, 'pg_proc') IS NULL
$$, 'every function has a comment');

SELECT is_empty($$
	SELECT objid::regclass FROM member JOIN pg_class c ON c.oid = objid
	WHERE classid = 'pg_class'::regclass AND relkind IN ('r', 'v', 'm', 'p')
	AND obj_description(objid, 'pg_class') IS NULL
$$, 'every table and view has a comment');

SELECT is_empty($$
	SELECT objid::regoperator FROM member
	WHERE classid = 'pg_operator'::regclass AND obj_description(objid, 'pg_operator') IS NULL
$$, 'every operator has a comment');

SELECT is_empty($$
	SELECT t.oid::regtype FROM member JOIN pg_type t ON t.oid = objid
	WHERE classid = 'pg_type'::regclass AND t.typtype IN ('b', 'd', 'e', 'r') AND t.typelem = 0
	AND obj_description(t.oid, 'pg_type') IS NULL
$$, 'every type has a comment');

SELECT is_empty($$
	SELECT p.oid::regprocedure, p.proconfig
	FROM member JOIN pg_proc p ON p.oid = objid
	WHERE classid = 'pg_proc'::regclass AND p.prosecdef
	AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
$$, 'every SECURITY DEFINER function sets search_path = pg_catalog, pg_temp');

-- plpgsql and late-bound SQL look names up when they run: they must set the path too
SELECT is_empty($$
	SELECT p.oid::regprocedure
	FROM member JOIN pg_proc p ON p.oid = objid JOIN pg_language l ON l.oid = p.prolang
	WHERE classid = 'pg_proc'::regclass
	AND (l.lanname = 'plpgsql' OR l.lanname = 'sql' AND p.prosqlbody IS NULL)
	AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%')
$$, 'no function depends on its caller''s search_path');

SELECT is_empty($$
	SELECT p.oid::regprocedure
	FROM member JOIN pg_proc p ON p.oid = objid JOIN pg_language l ON l.oid = p.prolang
	WHERE classid = 'pg_proc'::regclass AND p.proleakproof AND l.lanname <> 'c'
$$, 'only C functions are leakproof');

SELECT is_empty($$
	SELECT o.oid::regoperator
	FROM member JOIN pg_operator o ON o.oid = objid
	WHERE classid = 'pg_operator'::regclass AND o.oprresult = 'bool'::regtype
	AND (o.oprrest = 0 OR o.oprjoin = 0)
$$, 'every boolean operator has its two estimators');

SELECT is_empty($$
	SELECT o.oid::regoperator
	FROM member JOIN pg_operator o ON o.oid = objid
	WHERE classid = 'pg_operator'::regclass AND o.oprcom <> 0
	AND (SELECT c.oprcom FROM pg_operator c WHERE c.oid = o.oprcom) <> o.oid
$$, 'commutators point back');

SELECT is_empty($$
	SELECT o.oid::regoperator
	FROM member JOIN pg_operator o ON o.oid = objid JOIN pg_proc p ON p.oid = o.oprcode
	WHERE classid = 'pg_operator'::regclass AND p.provolatile = 'v'
$$, 'no operator is volatile');

SELECT is_empty($$
	WITH ours AS MATERIALIZED (SELECT objid FROM member WHERE classid = 'pg_opclass'::regclass)
	SELECT c.opcname FROM ours JOIN pg_opclass c ON c.oid = objid WHERE NOT amvalidate(objid)
$$, 'every operator class is valid');

SELECT is_empty($$
	SELECT t.objid::regclass, s.oid::regclass
	FROM member t
	JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.objid
		AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
	JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
	JOIN pg_extension e ON e.extname = 'pkint'
	WHERE t.classid = 'pg_class'::regclass AND t.objid = ANY (e.extconfig)
	AND NOT s.oid = ANY (e.extconfig)
$$, 'the sequence of a dumped table is dumped too');

-- trigger functions are checked with a table that they are used on
DO $$ BEGIN PERFORM pkint.create_register('catalog_register'); END $$;
CREATE TABLE catalog_task (what text);
CREATE TRIGGER no_source BEFORE INSERT ON catalog_task FOR EACH ROW EXECUTE FUNCTION pkint.refuse_tasking();
SELECT is_empty($$
	SELECT p.oid::regprocedure, f
	FROM member JOIN pg_proc p ON p.oid = objid JOIN pg_language l ON l.oid = p.prolang,
	LATERAL plpgsql_check_function(p.oid, relid => CASE WHEN p.prorettype = 'trigger'::regtype
		THEN (SELECT tgrelid FROM pg_trigger g WHERE g.tgfoid = p.oid LIMIT 1) ELSE 0 END,
		newtable => (SELECT g.tgnewtable FROM pg_trigger g WHERE g.tgfoid = p.oid LIMIT 1),
		oldtable => (SELECT g.tgoldtable FROM pg_trigger g WHERE g.tgfoid = p.oid LIMIT 1)) f
	WHERE classid = 'pg_proc'::regclass AND l.lanname = 'plpgsql'
	AND p.prorettype <> 'event_trigger'::regtype
$$, 'plpgsql_check has nothing to say');

-- pg_upgrade writes the members of an extension one by one, and in what order
-- follows from pg_depend, which knows neither the cast behind a value nor the
-- operator class behind a sort.  So a body, a default or a view calls the
-- function of a cast by its name, and sorts and groups by built-in types.
CREATE TEMP VIEW body AS
SELECT objid::regprocedure::text AS what, concat(p.prosqlbody, p.proargdefaults) AS tree
FROM member JOIN pg_proc p ON p.oid = objid WHERE classid = 'pg_proc'::regclass
UNION ALL SELECT objid::regclass::text, r.ev_action::text
FROM member JOIN pg_rewrite r ON r.ev_class = objid WHERE classid = 'pg_class'::regclass
UNION ALL SELECT objid::regclass::text, d.adbin::text
FROM member JOIN pg_attrdef d ON d.adrelid = objid WHERE classid = 'pg_class'::regclass
UNION ALL SELECT objid::regclass::text, concat(k.conbin)
FROM member JOIN pg_constraint k ON k.conrelid = objid OR k.contypid = objid WHERE classid IN ('pg_class'::regclass, 'pg_type'::regclass);

CREATE FUNCTION pg_temp.unseen_needs(tree text, OUT need text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT 'the cast behind ' || x[1]::oid::regprocedure
	FROM regexp_matches(tree, '\{FUNCEXPR :funcid (\d+) :funcresulttype \d+ :funcretset \w+ :funcvariadic \w+ :funcformat [12]', 'g') x WHERE x[1]::oid >= 16384
	UNION SELECT 'the cast to ' || x[1]::oid::regtype
	FROM regexp_matches(tree, ':resulttype (\d+) :resulttypmod -?\d+ :resultcollid \d+ :relabelformat [12]', 'g') x WHERE x[1]::oid >= 16384
	UNION SELECT 'the operator class behind ' || x[1]::oid::regoperator
	FROM regexp_matches(tree, '\{SORTGROUPCLAUSE :tleSortGroupRef \d+ :eqop (\d+)', 'g') x WHERE x[1]::oid >= 16384
	UNION SELECT 'the operator class of ' || x[1]::oid::regtype
	FROM regexp_matches(tree, '\{MINMAXEXPR :minmaxtype (\d+)', 'g') x WHERE x[1]::oid >= 16384
	UNION SELECT 'the operator family behind ' || x[1]::oid::regoperator
	FROM regexp_matches(tree, '\{ROWCOMPAREEXPR :rctype \d+ :opnos \(o (\d+)', 'g') x WHERE x[1]::oid >= 16384
$$;

-- the test finds what it is to find
CREATE FUNCTION pg_temp.seeds(place public.geometry, l pkint.label) RETURNS bigint LANGUAGE sql
	BEGIN ATOMIC SELECT count(DISTINCT l) FROM (SELECT place::public.geography, GREATEST(l, l), ROW (l, 1) < ROW (l, 2) ORDER BY l) s; END;
SELECT bag_has($$ SELECT need FROM pg_proc, pg_temp.unseen_needs(prosqlbody::text) WHERE oid = 'pg_temp.seeds'::regproc $$,
	$$ VALUES ('the cast behind ' || 'public.geography(public.geometry)'::regprocedure), ('the operator class behind ' || 'pkint.=(pkint.label,pkint.label)'::regoperator),
		('the operator class of ' || 'pkint.label'::regtype), ('the operator family behind ' || 'pkint.<(pkint.label,pkint.label)'::regoperator) $$,
	'needs that pg_upgrade does not see are found');
SELECT is_empty($$ SELECT what, need FROM body, pg_temp.unseen_needs(tree) $$,
	'no body, default or view needs a cast or an operator class that pg_upgrade does not see');

SELECT * FROM finish();
ROLLBACK;
