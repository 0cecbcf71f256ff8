# shellcheck shell=bash
# story/2_reading.sh: what waits in quarantine, who reads what, what is filed as what it is not.

# The damaged rows that data/faults.csv names. A file's rows have a number; those
# of human rights' database go by their key, since a table has no order.
read_faults() {
	ask postgres -c 'CREATE TABLE feeds.fault (feed text, row_number int, key text, fault text, expect text);
		CREATE TABLE feeds.tricky (feed text, key text, what text, expect text)' \
		-c "\\copy feeds.fault from '$DATA/faults.csv' csv header" \
		-c "\\copy feeds.tricky from '$DATA/tricky.csv' csv header" || fail 'the lists of faults can be read'
}

look_at_quarantine() {
	step 'What could not be loaded, and why' \
		'No row is dropped in silence. Each waits with its row number, the reason, and what to do about it; mended in the' \
		"unit's own file, it leaves quarantine at the next load."
	read_faults
	show postgres "SELECT reason, count(*) FILTER (WHERE feed = 'jmac') AS jmac, count(*) FILTER (WHERE feed = 'u2') AS u2,
  count(*) FILTER (WHERE feed = 's2') AS s2, count(*) FILTER (WHERE feed = 'unpol') AS unpol,
  count(*) FILTER (WHERE feed = 'hrd') AS hrd, count(*) AS all
FROM mission.quarantine GROUP BY reason ORDER BY reason"
	show postgres "SELECT DISTINCT ON (reason) feed, line, feed_key, reason, message
FROM mission.quarantine ORDER BY reason, feed, line"
	check 'every row that was damaged on purpose waits in quarantine, for the reason it should' postgres \
		"SELECT NOT EXISTS (SELECT FROM feeds.fault f WHERE expect LIKE 'quarantine%' AND NOT EXISTS (
			SELECT FROM mission.quarantine q WHERE q.feed = f.feed AND (q.line = f.row_number OR f.feed = 'hrd' AND q.feed_key = f.key)
				AND 'quarantine: ' || q.reason = f.expect))"
	check 'and no other row does' postgres \
		"SELECT (SELECT count(*) FROM mission.quarantine) = (SELECT count(*) FROM feeds.fault WHERE expect LIKE 'quarantine%')"
	check 'what a state had classified was not kept, not even in quarantine' postgres \
		"SELECT NOT EXISTS (SELECT FROM mission.quarantine WHERE reason = 'national marking' AND contents IS NOT NULL)"
}

# How many reports have a label open to units $1 (an array) with caveats $2,
# counted from the label's text alone, by the superuser.
open_to() {
	ask postgres -c "SELECT count(*) FROM mission.report
		WHERE string_to_array(substring(label::text from '//REL ([^/]*)'), ',') && '$1'
			AND coalesce(string_to_array(substring(label::text from '^[^/]*//(?!REL)([^/]*)//REL'), ','), '{}') <@ '$2'"
}

four_people() {
	local window="footprint && pkint.footprint('33NWD9667', '[2022-11-01,2022-12-01)')"
	local who query
	step 'One query, four people' \
		'What happened in the square kilometre around Bantouvra in November? All four type the same. An incident is what' \
		'its reader is cleared to know about it.'
	query="SELECT unit, count(*) AS incidents, sum(killed) AS killed, min(begins)::date AS first, max(begins)::date AS last
FROM mission.incident
WHERE $window
GROUP BY unit ORDER BY unit"
	for who in jmac_analyst u2_officer hr_officer newcomer; do
		show "$who" "$query"
	done
	check 'the newcomer, who has no clearance, sees nothing at all' newcomer \
		'SELECT count(*) = 0 FROM mission.report'
	equal 'the JMAC analyst sees what is open to JMAC, and nothing else' \
		"$(ask jmac_analyst -c 'SELECT count(*) FROM mission.report')" "$(open_to '{JMAC,ALL}' '{SOURCE}')"
	equal 'the U2 officer sees what is open to U2 and the battalion below it, and nothing else' \
		"$(ask u2_officer -c 'SELECT count(*) FROM mission.report')" "$(open_to '{U2,S2-BAT3,ALL}' '{OPS}')"
	equal 'the human-rights officer sees what is open to human rights, and nothing else' \
		"$(ask hr_officer -c 'SELECT count(*) FROM mission.report')" "$(open_to '{HRD,ALL}' '{CRSV,CHILD}')"
	check 'nobody but human rights sees a report of sexual violence that human rights holds' postgres \
		"SELECT count(*) > 20 FROM mission.report WHERE label::text LIKE '%CRSV%'"
	for who in jmac_analyst u2_officer newcomer; do
		check "    not $who" "$who" "SELECT count(*) = 0 FROM mission.report WHERE label::text LIKE '%CRSV%'"
	done
	show newcomer 'SELECT clearance, units, remark FROM pkint.whoami()'
}

a_map() {
	local file=$WORK/demo_map.gpkg who
	step 'A map' \
		'QGIS and ogr2ogr speak to the register as the person who uses them, and get what that person may read.'
	for who in u2_officer newcomer; do
		rm -f "$file"
		printf '$ ogr2ogr -f GPKG map.gpkg "PG:dbname=%s user=%s" mission.incident_layer\n' "$DB" "$who"
		ogr2ogr -f GPKG "$file" "PG:host=$PGHOST port=$PGPORT user=$who dbname=$DB" mission.incident_layer 2>&1 ||
			fail 'ogr2ogr reads the layer'
		ogrinfo -so -al "$file" | grep -E '^(Geometry|Feature Count|Geometry Column)' || fail 'the map has a layer'
		equal "the map of $who has the incidents that $who may read" \
			"$(ogrinfo -so -al "$file" | sed -n 's/^Feature Count: //p')" "$(ask "$who" -c 'SELECT count(*) FROM mission.incident')"
	done
	equal 'its points are points' "$(ogrinfo -so -al "$file" | sed -n 's/^Geometry: //p')" Point
}

# Pairs of reports that the JMAC analyst may read, as they truly are: of one event.
read_truth() {
	ask postgres -c 'CREATE TABLE feeds.truth (feed text, feed_key text, event int, leaf text, lon float8, lat float8, happened timestamp)' \
		-c "\\copy feeds.truth from '$DATA/truth.csv' csv header" \
		-c 'CREATE VIEW feeds.same_event WITH (security_invoker = true) AS
			SELECT ra.id AS report_a, rb.id AS report_b FROM feeds.truth a JOIN feeds.truth b USING (event)
				JOIN mission.report ra ON ra.feed = a.feed AND ra.feed_key = a.feed_key
				JOIN mission.report rb ON rb.feed = b.feed AND rb.feed_key = b.feed_key
			WHERE ra.id < rb.id' || fail 'the truth can be read'
}

one_event_many_reports() {
	local before pair
	step 'One event, several reports' \
		'Two or three units told of the same event, each as precisely as it could. The analyst asks for pairs that may be' \
		'one event. Each comes with its score and the reasons for it; people decide, and a decision can be undone.'
	read_truth
	before=$(ask jmac_analyst -c 'SELECT count(*) FROM mission.incident')
	show jmac_analyst "SELECT count(*) AS suggested FROM pkint.suggest_matches('mission')"
	printf '\n'
	tell 'The best pair of each two units, where they do not even use the same words. Each reason is evidence: above nought it' \
		'speaks for one event, below against it, and the parts add up to the score. One report may know the place to fifty' \
		'metres and the other to a few kilometres.'
	show jmac_analyst "SELECT DISTINCT ON (a.unit, b.unit) a.unit || ': ' || a.title AS one, b.unit || ': ' || b.title AS other,
  round(ST_Distance(pkint.place(a.footprint), pkint.place(b.footprint))::numeric) AS metres_apart, round((pkint.radius_m(a.footprint) + pkint.radius_m(b.footprint))::numeric) AS radii,
  round(m.score::numeric, 1) AS score, m.reasons
FROM mission.match m JOIN mission.report a ON a.id = m.report_a JOIN mission.report b ON b.id = m.report_b
WHERE a.title <> b.title ORDER BY a.unit, b.unit, m.score DESC"
	check 'reports of different units are paired, some in two languages' jmac_analyst \
		"SELECT bool_and(a.unit <> b.unit) AND bool_or(a.language <> b.language) FROM mission.match m
			JOIN mission.report a ON a.id = m.report_a JOIN mission.report b ON b.id = m.report_b"
	check 'the reasons add up to the score' jmac_analyst \
		"SELECT bool_and(abs(m.score - (SELECT sum(r.value::numeric) FROM jsonb_each_text(m.reasons) r)) < 0.1) FROM mission.match m"
	check 'at least eight in ten suggestions are right, by what is known to be true' postgres \
		'SELECT avg((EXISTS (SELECT FROM feeds.same_event s WHERE s.report_a = m.report_a AND s.report_b = m.report_b))::int) >= 0.8
		FROM mission.match m'
	check 'somebody who may not read both reports does not learn of the match' hr_officer \
		'SELECT count(*) = 0 FROM mission.match m WHERE NOT EXISTS (SELECT FROM mission.report r WHERE r.id = m.report_a)
			OR NOT EXISTS (SELECT FROM mission.report r WHERE r.id = m.report_b)'
	pair=$(ask jmac_analyst -F ', ' -c 'SELECT report_a, report_b FROM mission.match ORDER BY score DESC LIMIT 1')
	show jmac_analyst "SELECT pkint.confirm_match('mission', $pair)"
	show jmac_analyst "SELECT member, unit, title, footprint FROM pkint.incident_of(${pair%,*})"
	equal 'for the analyst the two are one incident now' \
		"$(ask jmac_analyst -c 'SELECT count(*) FROM mission.incident')" $((before - 1))
	show jmac_analyst "SELECT pkint.reject_match('mission', $pair, 'another village of that name')"
	equal 'and two again when he takes it back' "$(ask jmac_analyst -c 'SELECT count(*) FROM mission.incident')" "$before"
	ask jmac_analyst -c "SELECT pkint.confirm_match('mission', $pair)" >/dev/null || fail 'he confirms it after all'
}

mislabelled() {
	step 'Reports that are not what they are filed as' \
		'A car crash and a drowning had both been recorded as protection-of-civilians incidents, and nobody could tell.' \
		'All that the rows say is a title and two dead. They are kept, and not counted until somebody has looked at them.'
	show postgres "SELECT r.unit, r.feed_key, r.title, r.killed, r.code AS filed_as, f.rule, f.suggested_code
FROM mission.finding f JOIN mission.report r ON r.id = f.report
WHERE f.rule = 'C24' ORDER BY r.unit, r.feed_key"
	check 'each of the five is found, with the code that it should have' postgres \
		"SELECT count(*) = 5 FROM feeds.tricky t JOIN mission.report r ON r.feed = t.feed AND r.feed_key = t.key
			JOIN mission.finding f ON f.report = r.id AND f.rule = 'C24' AND f.suggested_code = substr(t.expect, 5)
			WHERE t.expect LIKE 'C24 %'"
	check 'they are not counted as protection of civilians, though that is what they were filed as' postgres \
		"SELECT bool_and(r.poc_filed AND r.poc IS NOT TRUE) FROM mission.finding f JOIN mission.report r ON r.id = f.report
			WHERE f.rule = 'C24'"
	check 'nothing else is called a mishap' postgres "SELECT count(*) = 5 FROM mission.finding WHERE rule = 'C24'"
	check 'people who drowned while fleeing, a lorry driven into a crowd: no such finding' postgres \
		"SELECT NOT EXISTS (SELECT FROM feeds.tricky t JOIN mission.report r ON r.feed = t.feed AND r.feed_key = t.key
			JOIN mission.finding f ON f.report = r.id AND f.suggested_code LIKE 'HAZ%'
			WHERE t.expect LIKE 'no %')"
	printf '\n'
	tell 'Latitude and longitude in each other'"'"'s place, dates in the wrong order, figures that cannot all be right:'
	show postgres "SELECT f.rule, f.field, f.message, count(*)
FROM mission.finding f WHERE f.rule IN ('C08', 'C13', 'C14') GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC LIMIT 8"
	check 'every row that was damaged so has its finding' postgres \
		"SELECT NOT EXISTS (SELECT FROM feeds.fault t WHERE t.expect LIKE 'finding: %' AND NOT EXISTS (
			SELECT FROM mission.report r JOIN mission.finding f ON f.report = r.id
			WHERE r.feed = t.feed AND r.feed_key = t.key AND 'finding: ' || f.rule = t.expect))"
}
