# T35: names are in no error text, no pg_stat_activity, no server log.  (The whole
# life of a source at full logging is test/t/042_source_silence.pl.)
su() { psql -X -q -A -t -d "$DB" -c "$1" 2>&1; }
say() { printf '@%s\t%s\t%s\n' "$1" "$2" "$3"; }
SECRET=Zebulonia
su "CREATE ROLE keeper_t35 LOGIN" >/dev/null
psql -X -q -d "$DB" -U officer -c "SELECT pkint.appoint('keeper_t35', 'source_custodian', 'ALFA')" >/dev/null
log=$(su "SELECT pg_current_logfile()")
keeper() { PGOPTIONS= psql -X -q -A -t -d "$DB" -U keeper_t35 -c "$1" 2>&1 | grep -v '^LINE\|^ *^'; }
activity=$( (printf "SELECT pkint.register_source('ALFA', '{\"name\": \"%s Prime\"}', true, false);\n" $SECRET; printf "SELECT pg_sleep(1);\n"; sleep 2) | psql -X -q -A -t -d "$DB" -U keeper_t35 >/dev/null 2>&1 & sleep 0.5; su "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%' || 'Zebul' || 'onia%' AND pid <> pg_backend_pid()"; wait)
[ "$activity" = 0 ] && say ok "pg_stat_activity while a name is registered" "no name" || say leak "pg_stat_activity" "$activity rows with the name"
for sql in "SELECT pkint.register_source('ALFA', '{\"name\": \"$SECRET\", \"age\": 4}', true, false)" \
	"SELECT pkint.register_source('ALFA', '{\"name\": $SECRET}', true, false)" \
	"SELECT pkint.register_source('$SECRET', '{\"name\": \"x\"}', true, false)" \
	"SELECT pkint.register_source('ALFA', '{\"name\": \"$SECRET\"}', true, false)::text::int" \
	"SELECT pkint.redact('$SECRET Prime', 'ALFA')::int"; do
	told=$(keeper "$sql")
	case $told in *"$SECRET"*) say leak "an error over ${sql%%(*}" "$told" ;; *ERROR*) say ok "an error over ${sql%%(*}" "${told%%$'\n'*}" ;; *) say blind "$sql" "no error: $told" ;; esac
done
if [ -f "$WORK/server.log" ]; then
	grep -q "$SECRET" "$WORK/server.log" && say leak "the server's log" "it holds the name" || say ok "the server's log" "no name"
fi
