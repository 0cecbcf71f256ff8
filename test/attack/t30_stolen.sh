# T30: a stolen dump, WAL, log or file of the data directory holds no identity,
# no key, and nothing to try a list of names against.
mallory() { psql -X -q -A -t -d "$DB" -U mallory -c "$1" 2>&1; }
su() { psql -X -q -A -t -d "$DB" -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
say() { printf '@%s\t%s\t%s\n' "$1" "$2" "$3"; }
NAME=Quetzalia SURNAME=Xochimilcova

su "CREATE ROLE keeper_t30 LOGIN" >/dev/null
psql -X -q -d "$DB" -U officer -c "SELECT pkint.appoint('keeper_t30', 'source_custodian', 'ALFA')" >/dev/null
code=$(psql -X -q -A -t -d "$DB" -U keeper_t30 -c "SELECT pkint.register_source('ALFA', '{\"name\": \"$NAME $SURNAME\", \"contact\": \"$NAME at the well\"}', true, false)")
su "CREATE TABLE stolen_control AS SELECT '$NAME in the clear' AS t" >/dev/null
su "CHECKPOINT" >/dev/null
data=$(su "SHOW data_directory")
dump=$(mktemp)
pg_dump -d "$DB" >"$dump"
grep -q "$NAME in the clear" "$dump" && say control "the dump of a table with the name in it" "it holds the name" || say blind "the dump of a table with the name in it" "no name"
grep -v 'in the clear' "$dump" | grep -Eiq "$SURNAME|$(printf %s "$SURNAME" | od -An -tx1 | tr -d ' \n')" && say leak "pg_dump" "the name is in the dump" || say ok "pg_dump: the name, or its bytes in hexadecimal" "not there"
grep -q "$code" "$dump" && say ok "the same dump: the code" "the row was dumped" || say blind "the dump" "the source is not in it"
files=$(grep -rlai "$SURNAME" "$data" 2>/dev/null | wc -l)
[ "$files" = 0 ] && say ok "every file of the data directory, WAL included" "the name is in none" || say leak "files of the data directory" "$files hold the name: $(grep -rlai "$SURNAME" "$data" | head -3 | tr '\n' ' ')"
keyfile=$(su "SHOW pkint.key_file")
key=$(tr -d ' \n' <"$keyfile")
keyfiles=$({ grep -rlai "$key" "$data"; LC_ALL=C grep -rlaP "$(printf %s "$key" | sed 's/../\\x&/g')" "$data"; } 2>/dev/null | wc -l)
[ "$keyfiles" = 0 ] && say ok "the key, as digits and as bytes, in the data directory" "not there" || say leak "the key in the data directory" "$keyfiles files"
# nothing to try names against: the same person twice gives nothing equal
psql -X -q -A -t -d "$DB" -U keeper_t30 -c "SELECT pkint.register_source('ALFA', '{\"name\": \"$NAME $SURNAME\", \"village\": \"other\"}', true, false), pkint.register_source('ALFA', '{\"name\": \"$NAME $SURNAME\", \"village\": \"third\"}', true, false)" >/dev/null 2>&1
equal=$(su "SELECT count(*) - count(DISTINCT substr(sealed, 10)) FROM pkint.source")
[ "$equal" = 0 ] && say ok "sealed rows of people of one name" "nothing in them is equal" || say leak "sealed rows" "$equal are equal"
candidates=$(su "SELECT count(*) FROM pkint.source_word w, (SELECT lower('$NAME$SURNAME') AS n UNION SELECT '$NAME $SURNAME') c WHERE w.hash IN (hashtextextended(c.n, 0), ('x' || substr(md5(c.n), 1, 16))::bit(64)::bigint, ('x' || substr(encode(sha256(c.n::bytea), 'hex'), 1, 16))::bit(64)::bigint)")
[ "$candidates" = 0 ] && say ok "the index of names against plain hashes of the name" "no match without the key" || say leak "the index of names" "a plain hash matches"
su "DROP TABLE stolen_control" >/dev/null
rm -f "$dump"
