#!/bin/bash
# test/lint/reference.sh: print docs/reference.md from the comments in the catalog.
#
# The database holds the comments; which room an object belongs to is read from
# the SQL part that creates it.

cd "$SRC" || exit 1

# name<TAB>room of everything that a SQL part creates
rooms() {
	grep -HoE '^CREATE (FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|TABLE|VIEW) pkint\.("[^"]+"|[a-z0-9_]+)' src/*/*.sql |
		sed -E 's,^src/([a-z_]+)/[^:]*:CREATE [A-Z]+ pkint\."?([^"]+)"?,\2\t\1,' | sort -u
}

psql -X -q -A -t -v ON_ERROR_STOP=1 -f - <<'SQL'
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS public.reference_room (name text, room text);
TRUNCATE public.reference_room;
SQL
rooms | psql -X -q -v ON_ERROR_STOP=1 -c '\copy public.reference_room FROM STDIN'

cat <<'MD'
# Reference

Made by `make reference` from the comments that the extension puts on its own objects; `\df+ pkint.*` and `\dT+ pkint.*` in psql show
the same. Objects that no ordinary role may call are marked *restricted*.

MD

psql -X -q -A -t -v ON_ERROR_STOP=1 -f - <<'SQL'
SET search_path = pg_catalog, pkint;
WITH member AS (
	SELECT d.classid, d.objid
	FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'pkint' AND d.deptype = 'e'
), item AS (
	SELECT 1 AS kind, t.typname::text AS name, format_type(t.oid, NULL) AS title, 'type' AS what,
		obj_description(t.oid, 'pg_type') AS words, false AS restricted
	FROM member JOIN pg_type t ON t.oid = objid
	WHERE classid = 'pg_type'::regclass AND t.typelem = 0 AND t.typtype IN ('b', 'd', 'e', 'r')
	UNION ALL
	SELECT CASE p.prokind WHEN 'a' THEN 4 WHEN 'w' THEN 4 ELSE 3 END, p.proname::text,
		p.proname || '(' || pg_get_function_arguments(p.oid) || ') → ' || pg_get_function_result(p.oid),
		CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function' WHEN 'p' THEN 'procedure' ELSE 'function' END,
		obj_description(p.oid, 'pg_proc'),
		NOT has_function_privilege('public', p.oid, 'EXECUTE')
	FROM member JOIN pg_proc p ON p.oid = objid
	WHERE classid = 'pg_proc'::regclass
	AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
	AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[])
	AND NOT 'cstring'::regtype = ANY (p.proargtypes::oid[])
	AND p.prorettype <> 'cstring'::regtype
	AND NOT EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = p.oid)
	UNION ALL
	SELECT 2, proc.proname::text,
		CASE WHEN o.oprleft = 0 THEN '' ELSE format_type(o.oprleft, NULL) || ' ' END || o.oprname || ' '
			|| format_type(o.oprright, NULL) || ' → ' || format_type(o.oprresult, NULL),
		'operator', obj_description(o.oid, 'pg_operator'), false
	FROM member JOIN pg_operator o ON o.oid = objid JOIN pg_proc proc ON proc.oid = o.oprcode
	WHERE classid = 'pg_operator'::regclass
	UNION ALL
	SELECT 5, c.relname::text,
		c.relname || ' (' || (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
			FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped) || ')',
		CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, obj_description(c.oid, 'pg_class'),
		NOT has_table_privilege('public', c.oid, 'SELECT')
	FROM member JOIN pg_class c ON c.oid = objid
	WHERE classid = 'pg_class'::regclass AND c.relkind IN ('r', 'v', 'p')
), placed AS (
	SELECT coalesce((SELECT room FROM public.reference_room r WHERE r.name = item.name LIMIT 1), 'core') AS room, item.*
	FROM item
)
SELECT CASE WHEN lag(room) OVER w IS DISTINCT FROM room THEN E'## ' || room || E'\n\n' ELSE '' END
	|| '### `' || title || E'`\n\n*' || what || CASE WHEN restricted THEN ', restricted' ELSE '' END || E'.* '
	|| coalesce(words, '') || E'\n'
FROM placed
WINDOW w AS (ORDER BY array_position('{core,keys,label,audit,reader,protect,sharing,source,incident,register}'::text[], room), kind, title COLLATE "C")
ORDER BY array_position('{core,keys,label,audit,reader,protect,sharing,source,incident,register}'::text[], room), kind, title COLLATE "C";

\echo '## Settings'
\echo
SELECT '### `' || name || E'`\n\n*' || context || ', default `' || coalesce(nullif(CASE WHEN name = 'pkint.key_file' THEN '' ELSE boot_val END, ''), 'none')
	|| E'`.* ' || short_desc || coalesce(' ' || extra_desc, '') || E'\n'
FROM pg_settings WHERE name LIKE 'pkint.%' ORDER BY name;
SQL
psql -X -q -c 'DROP TABLE public.reference_room'
