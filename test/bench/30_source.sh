# test/bench/30_source.sh: pseudonyms, vault, redaction, safe counts, against what others do (S1 to S3, P16).
#
# The bars are those of the sources design: seal and open ≥ 20 × pgp_sym_encrypt,
# keyed pseudonyms ≤ 0.25 × pgcrypto's hmac, 1,000,000 tokens a second.

BENCH_ROWS=$(rows_at 1000000 1000000)
people=$((BENCH_ROWS / 1000 > 50 ? BENCH_ROWS / 1000 : 50))
forms=$((BENCH_ROWS * 8 / 10))
bench_sql <<SQL
	CREATE EXTENSION pgcrypto;
	CREATE ROLE bench_keeper LOGIN;
	INSERT INTO pkint.unit (code, name) VALUES ('BENCH', 'bench');
	INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
	VALUES ('bench_keeper'::regrole, 'bench_keeper', 'source_custodian', 'BENCH', now() + interval '1 day', 10, 'bench');
	CREATE TABLE bench_name AS SELECT 'Reporter Number ' || n AS name FROM generate_series(1, $BENCH_ROWS) n;
	GRANT SELECT ON bench_name TO PUBLIC;
	VACUUM ANALYZE bench_name;
SQL
bench_compare S1 "pseudonyms" "pgcrypto hmac" 0.25 \
	postgres "SELECT count(public.hmac(name, 'some secret key', 'sha256')) FROM bench_name" \
	bench_keeper "SELECT count(pkint.reporter_code('BENCH', name)) FROM bench_name"

bench_as bench_keeper -c "SET client_min_messages = error" -c "SELECT count(pkint.register_source('BENCH', jsonb_build_object('name', 'Source ' || md5(n::text) || ' ' || md5('x' || n)), true, false)) FROM generate_series(1, $people) n"
# three turns of each: the middle one
seals=$([ -n "${FULL:-}" ] && echo 200000 || echo 2000)
seal=$BENCH_DIR/seal
own='' pgp=''
if cc -O2 -I"$BENCH_HERE/../.." -o "$seal" "$BENCH_HERE/seal.c" "$BENCH_HERE/../../src/keys/crypto.c" -lcrypto 2>"$BENCH_DIR/value.err"; then
	: >"$BENCH_DIR/pairs"
	warm=
	for _ in 1 2 3; do
		echo "$(bench_time "$BENCH_DIR/peer" postgres '' "SELECT count(public.pgp_sym_decrypt(public.pgp_sym_encrypt(repeat('x', 120), 'some secret key'), 'some secret key')) FROM generate_series(1, $((seals / 100)))") $("$seal" "$seals")"
	done | sort -n | sed -n 2p >"$BENCH_DIR/pairs"
	read -r pgp own <"$BENCH_DIR/pairs"
fi
bench_number S2 'vault: a row sealed and opened, as a share of pgp_sym_encrypt and decrypt' 'pgp_sym_encrypt' \
	"$(awk -v a="$own" -v b="$pgp" 'BEGIN { if (a > 0 && b > 0) printf "%.4f", a / (b * 100) }')" 0.05

bench_sql <<SQL
	INSERT INTO pkint.source_word SELECT DISTINCT ('x' || substr(md5('w' || n), 1, 16))::bit(64)::bigint FROM generate_series(1, $forms) n ON CONFLICT DO NOTHING;
	CREATE TABLE bench_story AS SELECT string_agg(w, ' ') AS narrative FROM (SELECT (ARRAY['the','patrol','of','Bangui','met','armed','men','near','Kouango','and','turned','back','when','Mahamat','Saleh','spoke','to','them','at','dawn'])[1 + (n::bigint * 7919) % 20] AS w, n / 500 AS story FROM generate_series(1, $BENCH_ROWS) n) t GROUP BY story;
	GRANT SELECT ON bench_story TO PUBLIC;
SQL
# processor time of the session's own process, which the load of the machine changes little
on_cpu() { # person, query: milliseconds
	psql -X -q -A -t -U "$1" -v ON_ERROR_STOP=1 2>"$BENCH_DIR/value.err" <<-END | awk 'NR == 1 { a = $1 } NR == 2 { b = $1 } END { if (b > a) print (b - a) / 1e6 }'
		SELECT length(pkint.redact('warm', 'BENCH')) AS warm, pg_backend_pid() AS pid \gset
		\setenv PID :pid
		\! cut -d ' ' -f 1 /proc/\$PID/schedstat
		\o /dev/null
		$2;
		\! cut -d ' ' -f 1 /proc/\$PID/schedstat
	END
}
red=$(for _ in 1 2 3; do on_cpu bench_keeper "SELECT sum(length(pkint.redact(narrative, 'BENCH'))) FROM bench_story"; done | sort -n | sed -n 2p)
bench_number S3 "redaction, µs of processor time a token, $forms forms of names known" 'one microsecond' "$(awk -v a="$red" -v n="$BENCH_ROWS" 'BEGIN { if (a > 0) printf "%.2f", a * 1000 / n }')" 1

# P16: what the last of many safe counts costs over the first, in one session
groups=$([ -n "${FULL:-}" ] && echo 300 || echo 20)
BENCH_ROWS=$((groups * 20))
bench_sql -c "CREATE TABLE bench_group AS SELECT g, 'person ' || g || ' ' || n AS person FROM generate_series(1, $groups) g, generate_series(1, 20) n" \
	-c 'GRANT SELECT ON bench_group TO PUBLIC' -c 'ANALYZE bench_group'
last=$({
	echo '\timing on'
	for ((g = 1; g <= groups; g++)); do echo "SELECT pkint.safe_count(person) > 0 FROM bench_group WHERE g = $g;"; done
} | psql -X -A -t -v ON_ERROR_STOP=1 -U bench_keeper 2>"$BENCH_DIR/value.err" | awk -v n="$groups" '
	/^t$/ { counted++ } /^Time: / { t[++k] = $2 }
	function middle(from, to,   i, j, v, m, x) { for (i = from; i <= to; i++) v[++m] = t[i]; for (i = 1; i <= m; i++) for (j = i + 1; j <= m; j++) if (v[j] < v[i]) { x = v[i]; v[i] = v[j]; v[j] = x } return v[int((m + 1) / 2)] }
	END { q = int(n / 4); if (counted == n && k == n) printf "%.2f", middle(n - q + 1, n) / middle(2, q + 1) }')
bench_number P16 "safe_count: the last quarter of $groups groups, as a multiple of the first" 'as cheap as the first' "$last" 1.25
