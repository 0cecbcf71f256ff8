#!/bin/bash
# test/demo/run.sh: the sample mission and the demo's story as tests. Prints TAP.
#
# Called by test/run.sh with a server up and WORK, SRC, PGHOST, PGPORT, PGDATABASE set.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DATA=$HERE/data
N=0

ok() { N=$((N + 1)); printf 'ok %d - %s\n' "$N" "$1"; }
not_ok() { N=$((N + 1)); printf 'not ok %d - %s\n' "$N" "$1"; }

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		printf '#   got "%s", wanted "%s"\n' "$1" "$2"
	fi
}

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# Rows of a CSV file: lines that begin a record (no field holds a newline).
rows() { echo $(($(wc -l <"$DATA/$1") - 1)); }

# --- the generator ---------------------------------------------------------------

generator_is_reproducible() {
	local fresh=$WORK/demo_again f
	if ! command -v GeoConvert >/dev/null 2>&1; then
		N=$((N + 1))
		printf 'ok %d - the generator writes the same bytes # SKIP GeoConvert (geographiclib-tools) is not here\n' "$N"
		return
	fi
	mkdir -p "$fresh"
	perl "$HERE/generate.pl" "$fresh" >/dev/null || { not_ok 'the generator runs'; return; }
	f=$(diff -rq "$DATA" "$fresh" 2>&1)
	is "$f" '' 'the generator writes the committed files byte for byte'
	rm -rf "$fresh"
}

map_is_of_this_data() {
	is "$(perl "$HERE/map.pl" | cmp - "$SRC/docs/sample-mission.svg" 2>&1)" '' 'the map in docs is of this data'
}

sample_is_what_it_says() {
	local total=0 feed bytes
	for feed in jmac u2 s2 unpol hrd; do
		total=$((total + $(rows $feed.csv)))
	done
	is "$total" 2015 'the five units hold 2,015 rows'
	is "$(rows truth.csv)" 2015 'the truth is known of every row'
	bytes=$(cat "$DATA"/* | wc -c)
	[ "$bytes" -lt 1500000 ] && ok 'less than 1.5 MB in all' || not_ok "$bytes bytes in all"
	is "$(cut -d, -f3 "$DATA/truth.csv" | sed 1d | sort | uniq -c |
		awk '$1 > 1 { n++ } END { print (n > 400) }')" 1 'hundreds of events were reported more than once'
}

# --- the story -------------------------------------------------------------------

# Tells the story; each of its checks counts as a test.
tell_story() {
	local log=$WORK/demo_story.log line
	if bash "$HERE/story.sh" >"$log" 2>&1; then
		while IFS= read -r line; do
			ok "${line#*\[checked\] }"
		done < <(grep -F '[checked]' "$log")
		ok 'the story is told to its end'
	else
		not_ok 'the story is told to its end'
		tail -n 40 "$log" | sed 's/^/# /'
		return 1
	fi
}

# What the quick start and the README show of the demo's answers is what the demo
# showed: each of their rows has its cells, in order, in a row of the story.
shown_is_true() {
	local page
	for page in docs/quick-start.md README.md; do
		is "$(perl -CSD -e '
			sub cells { my $l = shift; $l =~ s/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*/DATE/g; map { s/^\s+|\s+$//gr } split /\|/, $l }
			my ($log, $page) = @ARGV; my (@rows, $in);
			open my $f, "<", $log; while (<$f>) { push @rows, [ cells($_) ] if /\|/ }
			open $f, "<", $page; while (<$f>) {
				if (/^```/) { $in = !$in; next }
				next unless $in && /^ .*\|/ && !/@|--/;
				my @want = cells($_);
				next if grep { my @have = @$_; my $i = 0; for my $c (@have) { $i++ if $i < @want && $c eq $want[$i] } $i == @want } @rows;
				print;
			}' "$WORK/demo_story.log" "$SRC/$page")" '' "$page shows what the demo showed"
	done
}

# --- the five formats --------------------------------------------------------------

formats_read_back() {
	local feed table
	while read -r feed table; do
		is "$(sql -c "SELECT count(*) FROM $table")" "$(rows "$feed.csv")" "$table has every row of $feed"
	done <<-LIST
		jmac feeds.incidents_2022
		u2 feeds.events
		s2 feeds.bat3_s2_2022
		unpol feeds.incident
		hrd feeds.violation
	LIST
	is "$(sql -c "SELECT \"Localité\" FROM feeds.bat3_s2_2022 WHERE \"N°\" = 'B3-125'")" 'Gué-des-Mils' 'accents come through, in headings too'
	is "$(sql -c 'SELECT count(*) FROM feeds.events WHERE geom IS NULL')" 2 'two points are missing in the GeoPackage'
	is "$(sql -c "SELECT title || ', ' || killed FROM feeds.incidents_2022 WHERE ref = 'J22-0124'")" \
		'Véhicule renversé, 2 morts, 2' 'the car crash is there as the spreadsheet has it'
	is "$(sql -c "SELECT count(*) FROM feeds.lists WHERE field2 = 'CIV-KIL'")" 2 'the workbook has its list of words'
}

# --- the register against the truth --------------------------------------------------

# What is known of each event, beside the report as it was read. Damaged rows are left out.
TRUTH="CREATE TEMP TABLE truth (feed text, feed_key text, event int, leaf text, lon float8, lat float8, happened timestamp);
\\copy truth from '$DATA/truth.csv' csv header
CREATE TEMP TABLE known AS
SELECT t.*, r.id, r.footprint, r.unit, r.code, happened AT TIME ZONE 'Etc/GMT-1' AS at
FROM truth t JOIN mission.report r USING (feed, feed_key)
WHERE NOT EXISTS (SELECT FROM feeds.fault f WHERE f.feed = t.feed AND f.key = t.feed_key)
	AND NOT EXISTS (SELECT FROM feeds.tricky f WHERE f.feed = t.feed AND f.key = t.feed_key);
CREATE INDEX ON known (event);"

truth_is_covered() {
	is "$(sql 2>&1 <<-SQL
		$TRUTH
		SELECT count(*) > 1900, bool_and(ST_Distance(pkint.place(footprint), ST_MakePoint(lon, lat)::geography)
			<= pkint.radius_m(footprint)), bool_and(pkint.during(footprint) @> at), bool_and(code = leaf)
		FROM known
	SQL
	)" 't|t|t|t' 'every report covers the true place and time and has the true code, whatever its unit writes'
	is "$(sql 2>&1 <<-SQL
		$TRUTH
		SELECT count(*) > 900, bool_and(a.footprint &= b.footprint)
		FROM known a JOIN known b ON b.event = a.event AND b.id > a.id
	SQL
	)" 't|t' 'any two reports of one event may be the same event'
}

narratives_name_sources() {
	is "$(sql 2>&1 <<-SQL
		CREATE TEMP TABLE mention (feed text, feed_key text, source int, form text, written text);
		\\copy mention from '$DATA/mentions.csv' csv header
		SELECT count(*) > 60, count(DISTINCT form), bool_and(strpos(narrative, written) > 0)
		FROM mention JOIN mission.report USING (feed, feed_key)
	SQL
	)" 't|4|t' 'narratives name sources where the list of mentions says, in four spellings'
	is "$(grep -l 'Nadjibel Mastakour' "$DATA"/*.csv | xargs -n 1 basename)" sources.csv \
		'the source that the demo registers is named in no report'
}

generator_is_reproducible
map_is_of_this_data
sample_is_what_it_says
if tell_story; then
	export PGDATABASE=ovandie
	shown_is_true
	formats_read_back
	truth_is_covered
	narratives_name_sources
fi
printf '1..%d\n' "$N"
