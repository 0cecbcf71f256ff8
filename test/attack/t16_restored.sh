#!/bin/bash
# T16: policies are ordinary policies, and a restored database protects as the old one did.
say() { printf '%s\t%s\t%s\n' "$1" "$2" "$3"; }
count() { psql -X -q -A -t -U "$1" -d "$2" -c "SELECT count(*) || ' rows, ' || count(*) FILTER (WHERE id % 2 = 1) || ' hidden' FROM secret.note" 2>&1; }
n=$(psql -X -q -A -t -U "$ATTACKER" -d "$DB" -c "SELECT count(*) FROM pg_policies WHERE schemaname = 'secret' AND tablename = 'note'")
[ "$n" = 4 ] && say @ok 'pg_policies of a protected table' '4 policies, to be seen by everybody' || say @leak pg_policies "$n policies"
dropdb --if-exists attack_restored 2>/dev/null
createdb attack_restored
pg_dump -U postgres -d "$DB" 2>/dev/null | psql -X -q -d attack_restored >/dev/null 2>&1
for who in mallory bruno nemo; do
	old=$(count $who "$DB")
	new=$(count $who attack_restored)
	[ "$old" = "$new" ] && say @ok "$who in a restored database" "as before: $new" || say @leak "$who in a restored database" "before $old, now $new"
done
old=$(count postgres attack_restored)
[[ $old != *' 0 hidden' ]] && say @control 'a superuser in a restored database' "$old"
dropdb attack_restored
