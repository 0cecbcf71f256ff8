#!/bin/bash
# test/soak/run.sh: readers, writers, grants and revocations together, for SOAK
# seconds (make soak: an hour), then: is the record whole, did anybody read what he
# may not, did the memory of a long-lived session stay bounded?

set -u
SECONDS_TO_RUN=${SOAK:-${FULL:+3600}}
SECONDS_TO_RUN=${SECONDS_TO_RUN:-60}
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

sql >soak.setup.log 2>&1 <<'SQL' || { sed 's/^/# /' soak.setup.log; echo "Bail out! no mission to soak"; exit 1; }
SET client_min_messages = warning;
SET search_path = public, pkint;
CREATE ROLE soak_officer LOGIN; CREATE ROLE soak_awa LOGIN; CREATE ROLE soak_boris LOGIN; CREATE ROLE soak_release LOGIN; CREATE ROLE soak_other LOGIN;
INSERT INTO unit (code, name) VALUES ('SOAKA', 'a'), ('SOAKB', 'b');
SELECT appoint('soak_officer', 'security_officer');
SET SESSION AUTHORIZATION soak_officer;
SELECT assign(p, u), set_clearance(p, 'C') FROM (VALUES ('soak_awa', 'SOAKA'), ('soak_boris', 'SOAKB'), ('soak_release', 'SOAKB'), ('soak_other', 'SOAKA')) v (p, u);
SELECT appoint('soak_release', 'release_officer', 'SOAKB');
RESET SESSION AUTHORIZATION;
CREATE TABLE soak (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
SELECT protect('soak');
GRANT SELECT, INSERT, UPDATE, DELETE ON soak TO soak_awa, soak_boris;
INSERT INTO soak (what, label) SELECT 'row ' || i, CASE i % 2 WHEN 0 THEN 'C//REL SOAKA//ORIG SOAKA' ELSE 'C//REL SOAKB//ORIG SOAKB' END::label FROM generate_series(1, 2000) i;
CREATE TABLE soak_seen (who text, n bigint);
GRANT INSERT ON soak_seen TO soak_awa, soak_boris;
SQL
cat >soak_read.sql <<'SQL'
SELECT count(*), sum(length(what)) FROM soak;
SQL
# rows of B that A sees beyond what is granted would be a leak; none is granted under "kept"
cat >soak_leak.sql <<'SQL'
INSERT INTO soak_seen SELECT 'awa', count(*) FROM soak WHERE id % 2 = 1 AND id > 20 AND id <= 2000 HAVING count(*) > 0;
SQL
cat >soak_write.sql <<'SQL'
\set n random(1, 1000000)
INSERT INTO soak (what) VALUES ('new ' || :n);
UPDATE soak SET what = what || '.' WHERE id = 1 + 2 * (:n % 900);
DELETE FROM soak WHERE id > 2000 AND id % 7 = :n % 7;
SQL
cat >soak_grant.sql <<'SQL'
SELECT pkint.offer_access('soak', '{1,3,5}', now() + interval '1 hour', 'soak', person => 'soak_awa') AS offer \gset
SELECT pkint.revoke_access(:offer, 'soak');
SQL
cat >soak_clear.sql <<'SQL'
SELECT pkint.withdraw_clearance('soak_other');
SELECT pkint.set_clearance('soak_other', 'C');
SQL
# one session that goes on after being refused, however long the soak is
(
	end=$((SECONDS + SECONDS_TO_RUN))
	while [ $SECONDS -lt $end ]; do cat soak_read.sql soak_leak.sql; done
) | PGOPTIONS='-c search_path=public,pkint' psql -X -q -U soak_awa -o /dev/null >soak.long.log 2>&1 &
# what each process holds in memory of its own, in kB, and how much of the record waits
(
	end=$((SECONDS + SECONDS_TO_RUN)) every=$((SECONDS_TO_RUN / 60 + 1))
	data=$(sql -c 'SHOW data_directory')
	launcher=$(grep -l '^PPid:[[:space:]]*'"$(head -n 1 "$data/postmaster.pid")"'$' /proc/[0-9]*/status 2>/dev/null | cut -d / -f 3 |
		while read -r pid; do grep -aqs 'pkint record launcher' "/proc/$pid/cmdline" && echo "$pid"; done)
	while [ $SECONDS -lt $end ]; do
		sleep $every
		sql -F ' ' -c "SELECT pid, usename FROM pg_stat_activity WHERE usename IN ('soak_awa', 'soak_boris', 'soak_release', 'soak_officer')
			UNION ALL SELECT ${launcher:-0}, 'launcher'" |
			while read -r pid who; do
				anon=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null)
				[ -z "$anon" ] || echo "$SECONDS $pid $who $anon"
			done
		echo "$SECONDS 0 spool $(du -sk "$data/pkint_spool" 2>/dev/null | cut -f 1)"
	done
) >soak.memory &
bench() { pgbench -n -T "$SECONDS_TO_RUN" "$@" 2>&1; }
# a client that is refused in the middle of a statement ends, so these come anew
(
	end=$((SECONDS + SECONDS_TO_RUN))
	while [ $SECONDS -lt $end ]; do
		PGOPTIONS='-c search_path=public,pkint' pgbench -n -T 3 -U soak_awa -c 2 -f soak_read.sql@3 -f soak_leak.sql@1 2>&1
	done
) >soak.awa.log &
PGOPTIONS='-c search_path=public,pkint' bench -U soak_boris -c 2 -f soak_write.sql@1 -f soak_read.sql@1 >soak.boris.log &
bench -U soak_release -c 1 -R 5 -f soak_grant.sql >soak.release.log &
bench -U soak_officer -c 1 -R 5 -f soak_clear.sql >soak.officer.log &
wait

n=0
check() {	# what, got, expected
	n=$((n + 1))
	if [ "$2" = "$3" ]; then echo "ok $n - $1"; else echo "not ok $n - $1: got $2, expected $3"; fi
}
errors() { grep -E 'ERROR|FATAL|PANIC' "$1" | grep -cvE 'what you may read has changed'; }
check "writers met no error" "$(errors soak.boris.log)" 0
check "the release officer met no error" "$(errors soak.release.log)" 0
check "the security officer met no error" "$(errors soak.officer.log)" 0
check "readers met none but refusals in the middle" "$(errors soak.awa.log)" 0
check "nobody saw what was never opened to him" "$(sql -c 'SELECT count(*) FROM soak_seen')" 0
check "the long session met none but refusals" "$(errors soak.long.log)" 0
# Growth of each process seen in at least half of the samples, between the second tenth of its samples and its last.
awk '
	$3 != "spool" { n[$2]++; v[$2, n[$2]] = $4; who[$2] = $3; if (n[$2] > most) most = n[$2] }
	END { for (p in n) if (n[p] >= most / 2 && n[p] > 4) {
		a = int(n[p] / 5) + 1
		printf "%s %d %d\n", who[p], v[p, a], v[p, n[p]] } }' soak.memory >soak.growth
check "memory was measured of every kind of process" "$(cut -d ' ' -f 1 soak.growth | sort -u | wc -l)" 5
check "no process grew by more than 8 MB once it was warm" "$(awk '$3 - $2 > 8192' soak.growth | wc -l)" 0
sql -c 'SELECT pkint.load_record()' >/dev/null
check "the record is whole" "$(sql -c 'SELECT count(*) FROM pkint.verify_audit()')" 0
check "everybody is on it" "$(sql -c "SELECT count(DISTINCT person) FROM pkint.audit_entry WHERE person IN ('soak_awa', 'soak_boris') AND kind = 'read'")" 2
check "grants and revocations balance" "$(sql -c "SELECT abs(count(*) FILTER (WHERE kind = 'offer') - count(*) FILTER (WHERE kind = 'revoke')) <= 1 FROM pkint.audit_entry WHERE person = 'soak_release'")" t
echo "1..$n"
grep -h -E '^(tps|number of transactions actually)' soak.[bor]*.log | sed 's/^/# /'
echo "# entries in the record: $(sql -c 'SELECT count(*) FROM pkint.audit_entry')"
echo "# refused in the middle of a statement: $(cat soak.awa.log soak.long.log | grep -c 'what you may read has changed')"
sed 's/^\([a-z_]*\) \([0-9]*\) \([0-9]*\)$/# memory of \1 once warm and at the end: \2 kB, \3 kB/' soak.growth
awk '$3 == "spool" && $4 > most { most = $4 } END { print "# most that waited in the spool: " most " kB" }' soak.memory
