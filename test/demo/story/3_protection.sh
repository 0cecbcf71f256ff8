# shellcheck shell=bash
# story/3_protection.sh: a source, a revocation, the same load again.

# Files under a directory that hold the words, whatever else is in them.
files_with() { LC_ALL=C grep -rliaF -e "$1" "$2" 2>/dev/null; }

a_source() {
	local code
	SOURCE_NAME='Nadjibel Mastakour' SOURCE_PHONE='+999 42 02 31'
	step 'A source' \
		"JMAC's custodian registers somebody who talks to the mission. What comes back is a pseudonym that only JMAC uses;" \
		'the name is sealed with a key that is not in the database.'
	code=$(ask jmac_custodian -c "SELECT pkint.register_source('JMAC',
		'{\"name\": \"$SOURCE_NAME\", \"contact\": \"$SOURCE_PHONE\"}', adult => true, official => false)" 2>&1) ||
		fail 'a source can be registered' "$code"
	SOURCE_CODE=$code
	printf 'The custodian got the code %s\n' "$code"
	check 'the code is one of JMAC, and its check symbols hold' jmac_custodian "SELECT '$code'::pkint.source_code::text = '$code' AND '$code' LIKE 'JMAC:%'"
	printf '\n'
	tell 'Minors are never sources:'
	show_refused jmac_custodian "SELECT pkint.register_source('JMAC', '{\"name\": \"N. N.\"}', adult => false, official => false)"
	tell 'Nor does an analyst register or look anybody up:'
	show_refused jmac_analyst "SELECT pkint.register_source('JMAC', '{\"name\": \"N. N.\"}', adult => true, official => false)"
	pg_dump -d "$DB" >"$WORK/demo.dump" 2>"$WORK/demo_dump.log" || fail 'the database can be dumped' "$(cat "$WORK/demo_dump.log")"
	pg_dumpall -g >>"$WORK/demo.dump" || fail 'roles can be dumped'
	ask postgres -c CHECKPOINT
	printf '%s\n' "A dump of the whole database: $(wc -l <"$WORK/demo.dump") lines."
	grep -q 'Véhicule renversé, 2 morts' "$WORK/demo.dump" || fail 'the dump has the reports'
	held 'the dump has the reports, and the vault with one sealed row'
	equal "no dump holds the source's name" "$(files_with "$SOURCE_NAME" "$WORK/demo.dump")$(files_with "${SOURCE_NAME#* } ${SOURCE_NAME% *}" "$WORK/demo.dump")" ''
	equal "nor his telephone number" "$(files_with "$SOURCE_PHONE" "$WORK/demo.dump")" ''
	equal 'nor do the data directory, its write-ahead log, or the server log' \
		"$(files_with "$SOURCE_NAME" "$WORK/pgdata")$(files_with "$SOURCE_NAME" "$WORK/server.log")" ''
}

life_of_a_source() {
	local id
	step 'The life of a source' \
		'A narrative that names him is redacted for JMAC. In an emergency the analyst asks who he is: two custodians,' \
		'neither of them the asker, must approve, and the answer is given once. At last he is forgotten.'
	show jmac_custodian "SELECT pkint.redact('According to MASTAKOUR Nadjibel, four pickups passed at dawn.', 'JMAC')"
	check 'the code stands where the name was' jmac_custodian \
		"SELECT pkint.redact('According to MASTAKOUR Nadjibel, four pickups passed at dawn.', 'JMAC') = 'According to $SOURCE_CODE, four pickups passed at dawn.'"
	printf '\n'
	show jmac_analyst "SELECT pkint.request_reveal('$SOURCE_CODE', 'threatened by name on the radio', emergency => true) AS request" >"$WORK/demo_reveal.out"
	cat "$WORK/demo_reveal.out"
	id=$(grep -m 1 -o '^ *[0-9]\+$' "$WORK/demo_reveal.out" | tr -d ' ')
	show_refused jmac_analyst "SELECT pkint.reveal($id)"
	show jmac_custodian "SELECT pkint.approve_reveal($id)"
	show_refused jmac_custodian "SELECT pkint.approve_reveal($id)"
	show jmac_deputy "SELECT pkint.approve_reveal($id)"
	show jmac_analyst "SELECT pkint.reveal($id)"
	show_refused jmac_analyst "SELECT pkint.reveal($id)"
	show jmac_custodian "SELECT pkint.forget_source('$SOURCE_CODE', 'he asked for it')"
	tell 'The code stays in the reports. Who was behind it nobody can find out any more, from no backup either:'
	show_refused jmac_custodian "SELECT pkint.correct_source('$SOURCE_CODE', '{\"name\": \"N. N.\"}')"
	check 'his name is a word like any other now' jmac_custodian \
		"SELECT pkint.redact('According to MASTAKOUR Nadjibel, four pickups passed at dawn.', 'JMAC') LIKE '%MASTAKOUR Nadjibel%'"
	ask postgres -c CHECKPOINT
	equal 'all that time his name did not reach a file of the server' \
		"$(files_with "$SOURCE_NAME" "$WORK/pgdata")$(files_with "$SOURCE_NAME" "$WORK/server.log")" ''
}

a_revocation() {
	step 'A clearance is withdrawn' \
		'The U2 officer has a session open, in the middle of a transaction. The security officer takes his clearance away;' \
		'the very next statement of the open session knows.'
	open_session u2_officer
	in_session 'BEGIN ISOLATION LEVEL REPEATABLE READ;'
	in_session 'SELECT count(*) FROM mission.report;'
	[[ "$ANSWER" =~ [1-9][0-9]+ ]] || fail 'the officer reads before his clearance is withdrawn'
	show security_officer "SELECT pkint.withdraw_clearance('u2_officer')"
	in_session 'SELECT count(*) FROM mission.report;'
	[[ "$ANSWER" =~ \ 0$'\n' ]] || fail 'the open session reads nothing more' "$ANSWER"
	held 'the next statement of the open session reads nothing'
	in_session 'COMMIT;'
	show security_officer "SELECT pkint.set_clearance('u2_officer', 'STRICTLY CONFIDENTIAL', '{OPS}')"
	in_session 'SELECT count(*) > 0 AS reads_again FROM mission.report;'
	[[ "$ANSWER" =~ \ t$'\n' ]] || fail 'the open session reads again' "$ANSWER"
	held 'and it reads again once he is cleared again'
	close_session
}

load_again() {
	local csv=$FILES/bat3_s2_2022.csv
	step 'The same load again' \
		'Tomorrow the scheduler loads all five feeds once more. Nothing has changed in them, so nothing changes here.'
	show postgres "CREATE TABLE feeds.second_load AS
SELECT f.name AS feed, l.* FROM pkint.feed f, LATERAL pkint.load_feed(f.name) l WHERE f.name <> 'hrd'"
	show_and_keep feeds.second_load hrd hr_officer
	show postgres 'SELECT feed, read, accepted, unchanged, updated, quarantined FROM feeds.second_load'
	check 'the second load changes nothing' postgres \
		'SELECT sum(accepted) = 0 AND sum(updated) = 0 AND sum(unchanged) = (SELECT sum(accepted) FROM feeds.first_load)
			AND (SELECT count(*) FROM mission.report) = sum(unchanged) AND (SELECT count(*) FROM mission.quarantine) = sum(quarantined)
		FROM feeds.second_load'
	printf '\n'
	tell 'The battalion mends one grid reference, in its own file, with its own spreadsheet program, and loads again:'
	show postgres "SELECT line, feed_key, message FROM mission.quarantine WHERE feed = 's2' AND feed_key = 'B3-028'"
	sed -i '0,/33N OI 4512 8830/s//33N WD 9667/' "$csv"
	show postgres "SELECT * FROM pkint.load_feed('s2')"
	check 'the mended row is in the register, and out of quarantine' postgres \
		"SELECT (SELECT count(*) FROM mission.report WHERE feed = 's2') = (SELECT accepted + 1 FROM feeds.first_load WHERE feed = 's2')
			AND (SELECT count(*) FROM mission.quarantine WHERE feed = 's2' AND resolved_at IS NULL) = (SELECT quarantined - 1 FROM feeds.first_load WHERE feed = 's2')"
}
