#!/bin/bash
# Two sessions race: one reads without pause, the other takes the clearance away and gives it back.
# A reading that began after a withdrawal had returned, and ended before the next giving began, must find nothing.
officer() { psql -X -q -A -t -U officer -d "$DB" "$@"; }
psql -X -q -A -t -F ' ' -U "$ATTACKER" -d "$DB" -o "$OUT.reads" 2>/dev/null <<'SQL' &
CREATE TEMP TABLE reads (began timestamptz, ended timestamptz, n int);
DO $$
DECLARE t timestamptz; c int; stop timestamptz := clock_timestamp() + interval '3.5 seconds';
BEGIN
	WHILE clock_timestamp() < stop LOOP
		t := clock_timestamp();
		BEGIN
			SELECT count(*) INTO c FROM secret.parted;
		EXCEPTION WHEN insufficient_privilege THEN
			c := -1;
		END;
		INSERT INTO reads VALUES (t, clock_timestamp(), c);
	END LOOP;
END $$;
SELECT extract(epoch FROM began), extract(epoch FROM ended), n FROM reads;
SQL
reader=$!
{
	for _ in $(seq 12); do
		printf '\\! sleep 0.1\n'
		printf "SELECT 'give ' || extract(epoch FROM clock_timestamp());\nSELECT pkint.set_clearance('mallory', 'C') > 0;\n"
		printf '\\! sleep 0.1\n'
		printf "SELECT pkint.withdraw_clearance('mallory');\nSELECT 'gone ' || extract(epoch FROM clock_timestamp());\n"
	done
	printf "SELECT 'give ' || extract(epoch FROM clock_timestamp());\nSELECT pkint.set_clearance('mallory', 'C') > 0;\n"
} | officer 2>&1 | grep -E '^(give|gone)' >"$OUT.flips"
wait $reader
awk '
	FNR == NR { if ($1 == "give") { from[n] = from[n]; to[n] = $2; } else { n++; from[n] = $2; to[n] = 1e12 } next }
	{ reads++; if ($3 > 0) open++; else shut++
	  for (i = 1; i <= n; i++) if ($1 > from[i] && $2 < to[i]) { after++; if ($3 > 0) bad++ } }
	END {
		if (open < 1 || shut < 1 || after < 1)
			printf "@blind\ta race of reading and withdrawal\t%d readings, %d with rows, %d after a withdrawal\n", reads, open, after
		else
			printf "%s\ta race of reading and withdrawal\t%d readings, %d of them after one of %d withdrawals, %d of these with rows\n", bad ? "@leak" : "@ok", reads, after, n, bad
	}' "$OUT.flips" "$OUT.reads"
rm -f "$OUT.flips" "$OUT.reads"
