# test/bench/20_source.sh: pseudonyms, vault, redaction, against what others do.
# The bars are those of the sources design: seal and open ≥ 20 × pgp_sym_encrypt,
# keyed pseudonyms ≤ 0.25 × pgcrypto's hmac, 1,000,000 tokens a second.

if [ -n "${FULL:-}" ]; then
	rows=1000000 people=1000 forms=800000 tokens=1000000
else
	rows=10000 people=50 forms=8000 tokens=10000
fi
bench_sql <<SQL
	SET client_min_messages = warning;
	CREATE EXTENSION IF NOT EXISTS pgcrypto;
	CREATE ROLE bench_keeper LOGIN; CREATE ROLE bench_so LOGIN;
	INSERT INTO pkint.unit (code, name) VALUES ('BENCH', 'bench') ON CONFLICT DO NOTHING;
	INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
	VALUES ('bench_keeper'::regrole, 'bench_keeper', 'source_custodian', 'BENCH', now() + interval '1 day', 10, 'bench');
	CREATE TABLE bench_name AS SELECT 'Reporter Number ' || n AS name FROM generate_series(1, $rows) n;
	GRANT SELECT ON bench_name TO PUBLIC;
	VACUUM ANALYZE bench_name;
SQL
bench_compare S1 "pseudonyms, $rows rows" "pgcrypto hmac" 0.25 \
	postgres "SELECT count(public.hmac(name, 'some secret key', 'sha256')) FROM bench_name" \
	bench_keeper "SELECT count(pkint.reporter_code('BENCH', name)) FROM bench_name"

bench_as bench_keeper -o /dev/null -c "SELECT count(pkint.register_source('BENCH', jsonb_build_object('name', 'Source ' || md5(n::text) || ' ' || md5('x' || n)), true, false)) FROM generate_series(1, $people) n" 2>/dev/null
ms_of() { psql -X -A -t -U "$1" -c '\timing on' -c "$2" 2>&1 | sed -n 's/^Time: \([0-9.]*\).*/\1/p' | tail -1; }
seal=$(mktemp)
cc -O2 -I"$HERE/../.." -o "$seal" "$HERE/seal.c" "$HERE/../../src/keys/crypto.c" -lcrypto
pgp=$(ms_of postgres "SELECT count(public.pgp_sym_decrypt(public.pgp_sym_encrypt(repeat('x', 120), 'some secret key'), 'some secret key')) FROM generate_series(1, 2000)")
own=$("$seal" 200000)
rm -f "$seal"
bench_number S2 'vault: a row sealed and opened, as a share of pgp_sym_encrypt and decrypt' 'pgp_sym_encrypt' \
	"$(awk -v a="$own" -v b="$pgp" 'BEGIN { printf "%.4f", (a / 200000) / (b / 2000) }')" 0.05
turn=$(ms_of bench_keeper "SELECT pkint.turn_epoch('BENCH')")
echo "# turn_epoch of $people sources: $turn ms, index of names and storing included"

bench_sql <<SQL
	INSERT INTO pkint.source_word SELECT DISTINCT ('x' || substr(md5('w' || n), 1, 16))::bit(64)::bigint FROM generate_series(1, $forms) n ON CONFLICT DO NOTHING;
	CREATE TABLE bench_story AS SELECT string_agg(w, ' ') AS narrative FROM (SELECT (ARRAY['the','patrol','of','Bangui','met','armed','men','near','Kouango','and','turned','back','when','Mahamat','Saleh','spoke','to','them','at','dawn'])[1 + (n::bigint * 7919) % 20] AS w, n / 500 AS story FROM generate_series(1, $tokens) n) t GROUP BY story;
	GRANT SELECT ON bench_story TO PUBLIC;
SQL
# processor time of the session's own process, which the load of the machine changes little
on_cpu() { # person, query: nanoseconds
	psql -X -q -A -t -U "$1" <<-END | awk 'NR == 1 { a = $1 } END { print ($1 - a) / 1e6 }'
		SELECT length(pkint.redact('warm', 'BENCH')) AS warm, pg_backend_pid() AS pid \gset
		\setenv PID :pid
		\! cut -d ' ' -f 1 /proc/\$PID/schedstat
		\o /dev/null
		$2;
		\! cut -d ' ' -f 1 /proc/\$PID/schedstat
	END
}
red=$(on_cpu bench_keeper "SELECT sum(length(pkint.redact(narrative, 'BENCH'))) FROM bench_story")
bench_number S3 "redaction, microseconds of processor time a token, $forms forms of names known" 'one microsecond' "$(awk -v a="$red" -v n="$tokens" 'BEGIN { printf "%.2f", a * 1000 / n }')" 1
