# shellcheck shell=bash
# story/3_protection.sh: a source, a revocation, the same load again.

# Files under a directory that hold the words, whatever else is in them.
files_with() { LC_ALL=C grep -rliaF -e "$1" "$2" 2>/dev/null; }

a_source() {
	local name='Nadjibel Mastakour' phone='+999 42 02 31' code
	step 'A source' \
		"JMAC's custodian registers somebody who talks to the mission. What comes back is a pseudonym that only JMAC uses;" \
		'the name is sealed with a key that is not in the database.'
	code=$(ask jmac_custodian -c "SELECT pkint.register_source('JMAC',
		'{\"name\": \"$name\", \"contact\": \"$phone\"}', adult => true, official => false)" 2>&1) ||
		fail 'a source can be registered' "$code"
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
	equal "no dump holds the source's name" "$(files_with "$name" "$WORK/demo.dump")$(files_with "${name#* } ${name% *}" "$WORK/demo.dump")" ''
	equal "nor his telephone number" "$(files_with "$phone" "$WORK/demo.dump")" ''
	equal 'nor do the data directory, its write-ahead log, or the server log' \
		"$(files_with "$name" "$WORK/pgdata")$(files_with "$name" "$WORK/server.log")" ''
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
	step 'The same load again' \
		'Tomorrow the scheduler loads all five feeds once more. Nothing has changed in them, so nothing changes here.'
	ask postgres -c "CREATE TABLE feeds.second_load AS
		SELECT f.feed, l.* FROM (VALUES (1, 'jmac'), (2, 'u2'), (3, 's2'), (4, 'unpol'), (5, 'hrd')) f(n, feed),
			LATERAL pkint.load_feed(f.feed) l ORDER BY n" || fail 'the five feeds load again'
	show postgres 'SELECT feed, read, accepted, unchanged, updated, quarantined FROM feeds.second_load'
	check 'the second load changes nothing' postgres \
		'SELECT sum(accepted) = 0 AND sum(updated) = 0 AND sum(unchanged) = (SELECT sum(accepted) FROM feeds.first_load)
		FROM feeds.second_load'
}
