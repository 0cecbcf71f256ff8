# shellcheck shell=bash
# story/1_register.sh: extension, feeds as tables, people, register, load.

build_the_register() {
	step 'One extension' \
		'The DBA makes a database, installs pkint in it (PostGIS comes along) and sets the clock of the mission, UTC+1.'
	createdb "$DB" || fail 'the database can be created'
	createdb hrd_cases && psql -X -q -v ON_ERROR_STOP=1 -d hrd_cases -v data="$DATA" -f "$HERE/hrd_cases.sql" ||
		fail 'the human-rights division has its own database'
	show postgres 'CREATE EXTENSION pkint CASCADE'
	show postgres "ALTER DATABASE $DB SET search_path = \"\$user\", public, pkint"
	show postgres "ALTER DATABASE $DB SET jit = off"
	show postgres "ALTER DATABASE $DB SET timezone = 'Etc/GMT-1'"

	step "Five units' own files, as tables" \
		'A workbook, a GeoPackage, a CSV under French headings, an SQLite file and another PostgreSQL: nobody has to' \
		'change the way he works. ogr_fdw and postgres_fdw read them where they are (test/demo/feeds.sql).'
	bash "$HERE/formats.sh" "$FILES" >"$WORK/demo_formats.log" 2>&1 || fail 'the four files are made' "$(cat "$WORK/demo_formats.log")"
	run_file postgres "$HERE/feeds.sql" files="$FILES"
	show postgres "SELECT foreign_table_schema || '.' || foreign_table_name AS \"table\", foreign_server_name AS server,
  coalesce((SELECT option_value FROM information_schema.foreign_server_options o
    WHERE o.foreign_server_name = t.foreign_server_name AND option_name = 'format'), 'PostgreSQL') AS format
FROM information_schema.foreign_tables t ORDER BY 2, 1"

	step 'People' \
		"The DBA creates login roles, names the mission's first security officer, and is done: he decides nothing else." \
		'The officer, logged in under his own name, keeps units and caveats, clears people and puts them into units.'
	run_file postgres "$HERE/people.sql"
	run_file security_officer "$HERE/clearances.sql"
	show security_officer "SELECT a.person_name, string_agg(a.unit, ',') AS unit, c.level, c.caveats
FROM pkint.assignment a JOIN pkint.person_clearance c USING (person)
WHERE a.ended IS NULL AND c.ended IS NULL GROUP BY 1, 3, 4 ORDER BY 1"
	show_refused security_officer "SELECT pkint.set_clearance('security_officer', 'STRICTLY CONFIDENTIAL')"
}

# Loads a feed as somebody and adds what the server answered to a table of results.
show_and_keep() {
	local table=$1 feed=$2 who=$3 out=$WORK/demo_load.out
	show "$who" "SELECT * FROM pkint.load_feed('$feed')" >"$out"
	cat "$out"
	ask postgres -c "INSERT INTO $table VALUES ('$feed', $(sed -n '4s/|/,/gp' "$out"))" || fail 'a load answers with its figures'
}

load_the_feeds() {
	step 'A register, and what the columns mean' \
		'The register is ordinary tables in a schema of the mission. A mapping says which column of a unit is which field' \
		'of a report (test/demo/mappings.sql; docs/feeds.md).'
	show postgres "SELECT pkint.create_register('mission')"
	run_file postgres "$HERE/area.sql" data="$DATA"
	run_file postgres "$HERE/mappings.sql" data="$DATA"

	step 'Load all five' \
		'Every row of a feed is accepted, unchanged, updated or quarantined with its reason. The four add up to what was read.' \
		'The DBA loads four feeds. Human rights load their own, as an ordinary role: nobody else need ever read it whole.'
	show postgres "CREATE TABLE feeds.first_load AS
SELECT f.name AS feed, l.* FROM pkint.feed f, LATERAL pkint.load_feed(f.name) l WHERE f.name <> 'hrd'"
	show_and_keep feeds.first_load hrd hr_officer
	show postgres "SELECT feed, read, accepted, unchanged, updated, quarantined FROM feeds.first_load"
	check 'read = accepted + unchanged + updated + quarantined, for every feed' postgres \
		'SELECT bool_and(read = accepted + unchanged + updated + quarantined) FROM feeds.first_load'
	check 'the five feeds hold 2,015 rows' postgres 'SELECT sum(read) = 2015 FROM feeds.first_load'
	check 'what was accepted is in the register' postgres \
		'SELECT sum(accepted) = (SELECT count(*) FROM mission.report) FROM feeds.first_load'
}
