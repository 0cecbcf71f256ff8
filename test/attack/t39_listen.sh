#!/bin/bash
# T39: what NOTIFY tells: who hears of requests, offers, orders and changes of label, on the fixed channels of before and on guessed ones.
run() { psql -X -q -A -t -U "$1" -d "$DB" "${@:2}" 2>&1; }
say() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\n\t' '  ' | tr -s ' ' | cut -c1-200)"; }
mine=$(run "$ATTACKER" -c 'SELECT pkint.todo_channel()')
theirs=$(run release_bravo -c 'SELECT pkint.todo_channel()')
again=$(run release_bravo -c 'SELECT pkint.todo_channel()')
[ -n "$theirs" ] && [ "$theirs" = "$again" ] && say @control 'a release officer asks twice for their channel' "the same name" || say @blind 'a release officer asks twice for their channel' "$theirs, $again"
[ "$mine" != "$theirs" ] && say @ok 'the channel of another' 'another name' || say @leak 'the channel of another' "$mine"
for call in "pkint.channel_name('x', 'release_bravo'::regrole)" "pkint.tell('{10}', 1)" "pkint.tell_officers(NULL, 1)" "pkint.tell_unit('BRAVO', 1)" "secret FROM pkint.channel_secret"; do
	out=$(run "$ATTACKER" -c "SELECT $call")
	[[ $out == *'permission denied'* ]] && say @ok "$call by hand" "$out" || say @leak "$call by hand" "$out"
done
# in a function of one's own that another calls, their name is theirs alone; SET ROLE is no way to a role one is not in
out=$(run "$ATTACKER" -c 'SET ROLE release_bravo' -c 'SELECT pkint.todo_channel()')
[[ $out == *'permission denied'* ]] && say @ok 'the channel of another after SET ROLE' "$out" || say @leak 'the channel of another after SET ROLE' "$out"
# the names are no hash of what everybody knows
guesses=$(run "$ATTACKER" -c "SELECT string_agg(DISTINCT 'pkint_' || left(encode(h, 'hex'), 40), ' ') FROM pg_roles r, unnest(ARRAY[r.rolname::text, r.oid::text, r.oid || ' ' || r.rolname, r.rolname || r.oid]) n,
	LATERAL (SELECT sha256(n::bytea) AS h UNION ALL SELECT decode(md5(n), 'hex')) v")
[[ " $guesses " != *" $theirs "* ]] && say @ok 'names made from what everybody knows' "$(wc -w <<<"$guesses") guesses, none right" || say @leak 'names made from what everybody knows' "$theirs"
# everybody listens to every name they can think of, while the mission works
ends="now() + interval '1 day'"
events() {
	run bruno -c "SELECT 'asked ' || (pkint.request_access('convoy', 'secret.note', '6') > 0)"
	run headofmission -c "SELECT 'ordered ' || (pkint.share_order(NULL, ST_Buffer('POINT(18.5 4.4)'::geography, 5000), '[2022-05-01,2022-06-01)', '{ALFA}', $ends, 'secret', 'C') > 0)"
	run headofmission -c "SELECT pkint.end_share(max(id)) FROM pkint.share WHERE ended IS NULL AND agreement IS NULL"
	run release_bravo -c "SELECT 'offered ' || (pkint.offer_access('secret.note', '{13}', $ends, 'for the patrol', person => 'release_alfa') > 0)"
	run release_bravo -c "SELECT 'proposed ' || (pkint.propose_agreement('BRAVO', 'ALFA', 'sightings', $ends) > 0)"
}
hear() {	# role, channels: listens until all has happened
	{
		for c in ${*:2}; do echo "LISTEN \"$c\";"; done
		echo "\\! touch '$OUT.$1.listens'"
		while [ ! -e "$OUT.happened" ]; do sleep 0.2; done
		echo "SELECT 'end';"
	} | run "$1" | grep '^Asynchronous' | sed -E 's/.*notification "([^"]*)"( with payload "([^"]*)")?.*PID ([0-9]+).*/\1 \3/' >"$OUT.$1" &
}
hear "$ATTACKER" pkint_todo pkint_share pkint pkint_ todo public ALFA BRAVO release_bravo "$mine" "${mine%?}"
hear nemo pkint_todo pkint_share pkint "$mine"
hear release_alfa "$(run release_alfa -c 'SELECT pkint.todo_channel()')"
for who in "$ATTACKER" nemo release_alfa; do
	for _ in $(seq 100); do [ -e "$OUT.$who.listens" ] && break; sleep 0.1; done
done
done=$(events)
touch "$OUT.happened"
wait
[ "$(grep -cE '^(asked|ordered|offered|proposed) t' <<<"$done")" = 4 ] && say @control 'a request, an order, an offer and a proposal are made' "$done" || say @blind 'a request, an order, an offer and a proposal are made' "$done"
heard=$(sort -u "$OUT.release_alfa" | wc -l)
[ "$heard" = 4 ] && say @control 'the officer whom they concern hears of all four, by number alone' "$(cut -d' ' -f2 "$OUT.release_alfa" | tr '\n' ' ')" || say @blind 'the officer whom they concern hears of all four' "$heard: $(tr '\n' ' ' <"$OUT.release_alfa")"
for who in "$ATTACKER" nemo; do
	[ ! -s "$OUT.$who" ] && say @ok "$who listens to every name to be thought of, and to the attacker's own" 'nothing' || say @leak "$who listens" "$(cat "$OUT.$who")"
	rm -f "$OUT.$who" "$OUT.$who.listens"
done
rm -f "$OUT.release_alfa" "$OUT.release_alfa.listens" "$OUT.happened"
