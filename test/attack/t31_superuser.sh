# T31: what a superuser with SQL alone gets of the key: settings, files, memory.
su() { psql -X -q -A -t -d "$DB" -c "$1" 2>&1; }
say() { printf '@%s\t%s\t%s\n' "$1" "$2" "$3"; }
key=$(tr -d ' \n' <"$(su "SHOW pkint.key_file")")

got=$(su "SELECT string_agg(name || setting || coalesce(reset_val, '') || coalesce(boot_val, ''), ' ') FROM pg_settings")
case $got in *"$key"*) say leak "all settings" "the key is in one" ;; *) say ok "all settings" "no key" ;; esac
for sql in "ALTER SYSTEM SET pkint.key_file = '/tmp/x'" "ALTER SYSTEM SET pkint.key_command = 'cat'" "SET pkint.key_file = '/tmp/x'" "ALTER SYSTEM SET pkint.require_signed_approvals = off"; do
	got=$(su "$sql")
	case $got in *"cannot be changed"*) say ok "$sql" "refused" ;; *) say leak "$sql" "$got" ;; esac
done
backend=$(su "CREATE TEMP TABLE m (l text); COPY m FROM PROGRAM 'cat /proc/self/environ | tr \"\\000\" \" \"'; SELECT count(*) FROM m WHERE l LIKE '%$key%'")
[ "${backend##*$'\n'}" = 0 ] && say ok "the environment of a program of the server's" "no key" || say leak "the environment" "$backend"
got=$(su "DO \$\$ DECLARE p int := pg_backend_pid(); BEGIN CREATE TEMP TABLE m (l text); EXECUTE format('COPY m FROM PROGRAM %L', 'od -An -tx1 -N16 /proc/' || p || '/mem 2>&1; cat /proc/' || p || '/maps 2>&1 | head -3; true'); END \$\$; SELECT string_agg(l, ' ') FROM m")
if [ "$(id -u)" = 0 ]; then say ok "the memory of a server process" "not tried as root"
else case $got in *"ermission denied"*) say ok "the memory and the map of a server process, through COPY PROGRAM" "permission denied" ;; *) say leak "the memory of a server process" "$got" ;; esac; fi
got=$(su "SELECT pg_read_file(current_setting('pkint.key_file'))")
case $got in *"$key"*) say residue "pg_read_file of the key file" "a superuser gets the key of key_file; key_command and a FIFO give it once" ;; *) say ok "pg_read_file of the key file" "$got" ;; esac
