#!/bin/bash
# T14: COPY both ways, MERGE, pg_dump as an ordinary role, publications, row_security = off, functions that run SQL.
run() { psql -X -q -A -t -U "$ATTACKER" -d "$DB" -c "$1" 2>&1; }
say() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\n\t' '  ' | cut -c1-200)"; }
none_hidden() { case $2 in *hidden*) say @leak "$1" "$2" ;; *) say @ok "$1" "${3:-nothing}" ;; esac; }
refused() { case $2 in *ERROR*) none_hidden "$1" "$2" "$2" ;; *) say @leak "$1" "$2" ;; esac; }

out=$(run 'COPY bare.note TO STDOUT')
[[ $out == *hidden* ]] && say @control 'COPY TO of an open table' 'all of it'
none_hidden 'COPY TO of a table' "$(run 'COPY secret.note TO STDOUT')"
none_hidden 'COPY TO of a query' "$(run 'COPY (SELECT * FROM secret.note) TO STDOUT')"
none_hidden 'COPY TO of an UPDATE RETURNING' "$(run 'COPY (UPDATE secret.parted SET what = what RETURNING *) TO STDOUT')"
refused 'COPY FROM' "$(echo '200001	x	1	x	ALFA	C//REL BRAVO//ORIG BRAVO' | psql -X -q -U "$ATTACKER" -d "$DB" -c 'COPY secret.note FROM STDIN' 2>&1)"
refused 'row_security = off' "$(run 'SET row_security = off; SELECT count(*) FROM secret.note')"
out=$(pg_dump -U "$ATTACKER" -d "$DB" -a -t secret.note 2>&1)
case $out in *"would be affected by row-level security"*) say @ok 'pg_dump' "$(grep -m1 -o 'ERROR.*' <<<"$out")" ;; *) say @leak 'pg_dump' "$out" ;; esac
none_hidden 'pg_dump --enable-row-security' "$(pg_dump -U "$ATTACKER" -d "$DB" -a --enable-row-security -t secret.note 2>&1)"
refused 'a publication' "$(run 'CREATE PUBLICATION p FOR TABLE secret.note')"
refused 'a replication slot' "$(run "SELECT pg_create_logical_replication_slot('s', 'test_decoding')")"
for f in "table_to_xml('secret.note', true, true, '')" "query_to_xml('TABLE secret.note', true, true, '')" "schema_to_xml('secret', true, true, '')" \
	"query_to_xml_and_xmlschema('SELECT * FROM secret.note', true, true, '')" "(SELECT json_agg(n) FROM secret.note n)"; do
	none_hidden "${f%%(*}${f:0:0}()" "$(run "SELECT $f")"
done
none_hidden 'ts_stat()' "$(run "SELECT * FROM ts_stat('SELECT to_tsvector(''simple'', what) FROM secret.note') WHERE word = 'hidden'" | sed 's/hidden|0|0//')"
none_hidden 'cursor_to_xml()' "$(run "BEGIN; DECLARE c CURSOR FOR TABLE secret.note; SELECT cursor_to_xml('c', 10000, true, true, '')")"
none_hidden 'a function of one'"'"'s own' "$(run "CREATE FUNCTION mallory.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT what FROM secret.note'; SELECT * FROM mallory.f(); DROP FUNCTION mallory.f()")"
none_hidden 'a view of one'"'"'s own, without security_invoker' "$(run 'CREATE VIEW mallory.v AS TABLE secret.note; SELECT * FROM mallory.v; DROP VIEW mallory.v')"
none_hidden 'a materialized view of one'"'"'s own' "$(run 'CREATE MATERIALIZED VIEW mallory.m AS TABLE secret.note; SELECT * FROM mallory.m; DROP MATERIALIZED VIEW mallory.m')"
none_hidden 'CREATE TABLE AS' "$(run 'CREATE TEMP TABLE m AS TABLE secret.note; TABLE m')"
hidden=$(run "MERGE INTO secret.note t USING (VALUES (11)) v (id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET n = 5 WHEN NOT MATCHED THEN DO NOTHING")
absent=$(run "MERGE INTO secret.note t USING (VALUES (200011)) v (id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET n = 5 WHEN NOT MATCHED THEN DO NOTHING")
[ "$hidden" = "$absent" ] && say @ok 'MERGE that matches a hidden row, an absent one' "nothing: both give \"$hidden\"" || say @leak 'MERGE' "hidden $hidden, absent $absent"
for f in 'SELECT' 'SELECT FOR UPDATE NOWAIT'; do
	lock=${f#SELECT}
	hidden=$(run "SELECT count(*) FROM (SELECT FROM secret.note WHERE id = 11 $lock) s")
	absent=$(run "SELECT count(*) FROM (SELECT FROM secret.note WHERE id = 200011 $lock) s")
	[ "$hidden" = "$absent" ] && say @ok "$f of a hidden row, an absent one" "nothing: both give \"$hidden\"" || say @leak "$f" "hidden $hidden, absent $absent"
done
