# x24: many sessions at once: an identity is shown once, whoever races for it,
# and never once forget_source() has returned.
su() { psql -X -q -A -t -d "$DB" -c "$1" 2>&1; }
as() { psql -X -q -A -t -d "$DB" -U "$1" -c "$2" 2>&1; }
say() { printf '@%s\t%s\t%s\n' "$1" "$2" "$3"; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
su "CREATE ROLE keeper_x24 LOGIN; CREATE ROLE second_x24 LOGIN" >/dev/null
for who in keeper_x24 second_x24; do as officer "SELECT pkint.appoint('$who', 'source_custodian', 'ALFA')" >/dev/null; done

# a request of the attacker's that is approved: eight sessions ask at the same time
ask() { # name
	code=$(as keeper_x24 "SELECT pkint.register_source('ALFA', '{\"name\": \"$1\"}', true, false)")
	id=$(as mallory "SELECT pkint.request_reveal('$code', 'threatened', emergency => true)")
	as keeper_x24 "SELECT pkint.approve_reveal($id)" >/dev/null
	as second_x24 "SELECT pkint.approve_reveal($id)" >/dev/null
}
ask 'Hyacinthe Racer'
for n in 1 2 3 4 5 6 7 8; do as mallory "SELECT pkint.reveal($id)" >"$out/$n" & done
wait
shown=$(grep -l Hyacinthe "$out"/* | wc -l)
[ "$shown" = 1 ] && say ok "one reveal in eight sessions at once" "shown once" || say leak "one reveal in eight sessions at once" "shown $shown times"

# each statement writes the time when it began to be sent, so that what came after is known
late=0 before=0
for round in 1 2 3 4 5; do
	ask "Round$round Racer"
	(as keeper_x24 "SELECT pkint.forget_source('$code', 'asked for it')" >/dev/null; date +%s%N >"$out/forgotten") &
	sleep "0.0$round"
	for n in 1 2 3; do
		date +%s%N >"$out/at"
		as mallory "SELECT pkint.reveal($id)" >"$out/told"
		if grep -q "Round$round" "$out/told"; then
			if [ -s "$out/forgotten" ] && [ "$(cat "$out/at")" -gt "$(cat "$out/forgotten")" ]; then late=$((late + 1)); else before=$((before + 1)); fi
		fi
	done
	wait
	rm -f "$out/forgotten"
done
[ "$late" = 0 ] && say ok "revealing while he is being forgotten, five times" "never after it had returned; $before times before" || say leak "revealing while he is being forgotten" "$late times after it had returned"

# two custodians register one person, twelve times at once
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	as "$([ $((n % 2)) = 0 ] && echo keeper_x24 || echo second_x24)" "SELECT pkint.register_source('ALFA', '{\"name\": \"Onesime Doublet\"}', true, false)" >"$out/r$n" &
done
wait
codes=$(cat "$out"/r* | sort -u | wc -l)
[ "$codes" = 1 ] && say ok "one person registered in twelve sessions at once" "one code" || say leak "one person registered in twelve sessions at once" "$(cat "$out"/r* | sort -u | head -3 | tr '\n' ' ')"
