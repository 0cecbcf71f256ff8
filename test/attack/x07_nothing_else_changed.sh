#!/bin/bash
# Row security that pkint has no part in is as it was: the same statements, plans
# included, on a server with the library and on one without it.
dir=$(mktemp -d "${WORK:-/tmp}/same.XXXXXX") || exit 1
say() { printf '%s\t%s\t%s\n' "$1" "$2" "$3"; }
stop() { pg_ctl -D "$dir/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$dir"; }
trap stop EXIT
{ initdb -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N &&
	printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n" "$dir" >>"$dir/data/postgresql.conf" &&
	pg_ctl -D "$dir/data" -l "$dir/log" -w start; } >"$dir/start" 2>&1 || { say @blind 'a server without the library' "$(tail -n 1 "$dir/start")"; exit 0; }
psql -X -q -U postgres -d postgres -c 'DROP DATABASE IF EXISTS same_with' -c 'CREATE DATABASE same_with TEMPLATE template0 LOCALE '\''C.UTF-8'\''' 2>/dev/null
psql -X -q -U postgres -d same_with -c 'SET client_min_messages = warning; CREATE EXTENSION pkint CASCADE'
# what differs by the servers' own settings
same=(-c 'SET lc_messages = C' -c 'SET jit = off' -c 'SET random_page_cost = 4')
ask() { psql -X -a -v VERBOSITY=verbose -v SHOW_CONTEXT=always -U postgres "$@" -f "$HERE/same/rowsecurity.sql" 2>&1 | sed -E 's/^psql:[^:]*:[0-9]+: //; s/^LOCATION: .*//; s/by backend process [0-9]+|PID [0-9]+/PID/'; }
ask -h "$dir" -p 5432 -d postgres "${same[@]}" >"$dir/without"
ask -d same_with "${same[@]}" >"$dir/with"
psql -X -q -U postgres -d postgres -c 'DROP DATABASE same_with'
lines=$(wc -l <"$dir/without")
plans=$(grep -c 'Seq Scan\|Index' "$dir/without")
if [ "$lines" -gt 500 ] && [ "$plans" -gt 20 ]; then say @control 'without the library' "$lines lines, $plans of plans"; else say @blind 'without the library' "$(tail -n 3 "$dir/without" | tr '\n\t' '  ')"; fi
if diff "$dir/without" "$dir/with" >"$dir/diff"; then
	say @ok 'with it' 'the same, line for line'
else
	say @leak 'with it' "$(grep -c '^[<>]' "$dir/diff") lines differ: $(head -n 6 "$dir/diff" | tr '\n\t' '  ')"
	sed 's/^/# /' "$dir/diff" | head -60
fi
