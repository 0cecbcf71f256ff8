# shellcheck shell=bash
# test/lib.sh: a private PostgreSQL server from nothing, and its clean-up.
#
# Sourced by test/run.sh.  Everything lives in one work directory: a copy of
# the sources, a copy of the server's own tree into which the extension is
# installed, the data directory, the socket and all results.  The system's
# PostgreSQL tree and its clusters are only read.

# The server that this distribution brings: 15 on Debian 12, 17 on Debian 13, 18
# on what comes after; elsewhere the newest that is installed.  PG_MAJOR=N asks
# for another that is there.
distribution_major() {
	local id='' major dir
	[ -r /etc/os-release ] && id=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${VERSION_ID:-new}")
	case $id in
		"debian 12") major=15 ;;
		"debian 13") major=17 ;;
		"debian "*) major=18 ;;
		*) for dir in /usr/lib/postgresql/1[5-9]/bin; do [ -x "$dir/postgres" ] && major=$(basename "$(dirname "$dir")"); done ;;
	esac
	printf '%s' "${major:-15}"
}

PG_MAJOR=${PG_MAJOR:-$(distribution_major)}

# What a bare Debian needs to build and to run every suite.  Where a name stands
# for the same thing before and after a transition, both are given: new|old.
PK_PACKAGES="gcc make libc6-dev perl openssl
postgresql-$PG_MAJOR postgresql-client-$PG_MAJOR postgresql-server-dev-$PG_MAJOR
postgresql-$PG_MAJOR-postgis-3 postgresql-$PG_MAJOR-postgis-3-scripts
postgresql-$PG_MAJOR-ogr-fdw postgresql-$PG_MAJOR-pgtap
postgresql-$PG_MAJOR-plpgsql-check
libipc-run-perl gdal-bin python3 python3-gdal sqlite3 geographiclib-tools libproj-dev libssl-dev
libicu-dev libxml2-dev libpq-dev libevent-2.1-7t64|libevent-2.1-7 libc-ares2 gettext locales gdb"

say() { printf '%s\n' "$*"; }
die() { printf 'pkint: %s\n' "$*" >&2; exit 1; }

# --- packages ----------------------------------------------------------------

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Names of the packages that are not installed, one a line.
missing_packages() {
	local entry p
	for entry in $PK_PACKAGES; do
		for p in ${entry//|/ }; do is_installed "$p" && continue 2; done
		printf '%s\n' "$entry"
	done
}

# Of each name in $1 with others beside it, the first that apt can install.
choose_names() {
	local entry p
	for entry in $1; do
		for p in ${entry//|/ }; do
			apt-cache policy "$p" 2>/dev/null | grep -q 'Candidate: [^(]' && break
		done
		printf '%s ' "$p"
	done
}

# The command that runs another as root: empty for root itself; fails if none.
root_prefix() {
	if [ "$(id -u)" = 0 ]; then
		return 0
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		printf 'sudo -n'
	else
		return 1
	fi
}

# Would installing packages $2 (as root: $1) upgrade a server that is running?
upgrade_hits_running_cluster() {
	command -v pg_lsclusters >/dev/null 2>&1 || return 1
	pg_lsclusters -h 2>/dev/null | awk '$4 ~ /online/' | grep -q . || return 1
	$1 apt-get -s install --no-install-recommends --no-upgrade $2 2>/dev/null |
		grep -Eq '^Inst postgresql-[0-9]+ \['
}

# Install what is missing, or name it.  No cluster is made on the way, and none
# that runs is restarted.
ensure_packages() {
	local missing root log rc=0
	local conf=/etc/postgresql-common/createcluster.d/pkint-test.conf
	command -v dpkg-query >/dev/null 2>&1 || {
		say "pkint: not a Debian system; taking it that these are here: $(echo $PK_PACKAGES)"
		return 0
	}
	missing=$(missing_packages | tr '\n' ' ')
	[ -n "${missing// /}" ] || return 0
	root=$(root_prefix) ||
		die "these packages are missing, and neither root nor sudo is here to install them:
    apt-get install --no-install-recommends $missing"
	say "installing: $missing"
	log=$(mktemp) || die "no temporary file"
	$root mkdir -p "$(dirname "$conf")"
	printf 'create_main_cluster = false\n' | $root tee "$conf" >/dev/null
	$root apt-get -qq update >"$log" 2>&1 || say "pkint: apt-get update failed; trying with the lists that are here"
	missing=$(choose_names "$missing")
	if upgrade_hits_running_cluster "$root" "$missing"; then
		$root rm -f "$conf" "$log"
		die "installing $missing would upgrade PostgreSQL under a running cluster; upgrade it yourself first"
	fi
	$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install \
		--no-install-recommends --no-upgrade $missing >"$log" 2>&1 </dev/null || rc=$?
	$root rm -f "$conf"
	[ $rc = 0 ] || { tail -n 20 "$log" >&2; rm -f "$log"; die "apt-get could not install: $missing"; }
	rm -f "$log"
}

# The pooler, unpacked into directory $1 and not installed: its package would
# start a service.  A machine that has it keeps its own; without it the two
# tests that need it skip.
fetch_pgbouncer() {
	[ -x /usr/sbin/pgbouncer ] && return 0
	[ -x "$1/usr/sbin/pgbouncer" ] && return 0
	command -v apt-get >/dev/null 2>&1 || return 0
	mkdir -p "$1" && (cd "$1" && apt-get -qq download pgbouncer >/dev/null 2>&1 &&
		dpkg-deb -x pgbouncer_*.deb . >/dev/null 2>&1) || say "pkint: pgbouncer could not be fetched"
}

# --- work directory ----------------------------------------------------------

# The files of the project: what git tracks or would track, else all of them.
project_files() {
	if git -c safe.directory='*' -C "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		(cd "$1" && git -c safe.directory='*' ls-files -co --exclude-standard |
			while read -r f; do [ -e "$f" ] && printf '%s\n' "$f"; done)
	else
		(cd "$1" && find . -type f ! -path './.git/*' ! -name '*.o' ! -name '*.so' ! -name '*.d' |
			sed 's,^\./,,')
	fi | LC_ALL=C sort
}

# Copy the sources of checkout $1 into $2; what is gone there goes here too.
copy_sources() {
	local from=$1 to=$2
	mkdir -p "$to"
	project_files "$from" >"$to/.files.new"
	if [ -f "$to/.files" ]; then
		LC_ALL=C comm -23 "$to/.files" "$to/.files.new" | (cd "$to" && xargs -r -d '\n' rm -f)
	fi
	tar -C "$from" -cf - -T "$to/.files.new" | tar -C "$to" -xf - --no-same-owner
	mv "$to/.files.new" "$to/.files"
}

# The data that some tests read, where it is there at all.
copy_data() {
	local from=${PKINT_DATA:-$1/../shared/data} to=$2
	[ -d "$from" ] || return 0
	[ -d "$to" ] || { mkdir -p "$to" && cp -rL "$from/." "$to/" && chmod -R u+rwX,go+rX "$to"; }
}

# --- as an ordinary user -----------------------------------------------------

# A copy of the server's tree that may be written to.  PostgreSQL finds its
# files relative to its own binaries, so the copy works wherever it lies.
make_tree() {
	local bin=$1/usr/lib/postgresql/$PG_MAJOR/bin
	local from=/usr/lib/postgresql/$PG_MAJOR
	if [ ! -x "$bin/postgres" ] || [ "$from/bin/postgres" -nt "$bin/postgres" ]; then
		[ -x "$from/bin/postgres" ] || die "no PostgreSQL $PG_MAJOR in $from"
		rm -rf "${1:?}/usr"
		mkdir -p "$1/usr/lib/postgresql" "$1/usr/share/postgresql" "$1/usr/include"
		cp -a "$from" "$1/usr/lib/postgresql/"
		cp -a "/usr/share/postgresql/$PG_MAJOR" "$1/usr/share/postgresql/"
		ln -s /usr/include/postgresql "$1/usr/include/postgresql"
		# a system-wide pkint, if there is one, has no part in this
		find "$1/usr" -name 'pkint*' -exec rm -rf {} +
	fi
	PGBIN=$bin
	PATH=$bin:$PATH
	PG_CONFIG=$bin/pg_config
	PGXS_DIR=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")
	export PATH PG_CONFIG PGBIN
}

# Build and install into the private tree.  Warnings are errors in CI.  With SANITIZE
# the module looks after its own memory and arithmetic, and stops the server at the first fault.
build() {
	local log=$WORK/build.log werror=
	[ -n "${CI:-}" ] && werror='WERROR=-Werror'
	[ -n "${SANITIZE:-}" ] && export COPT='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1'
	if ! make -C "$SRC" -s -j2 with_llvm=no PG_CONFIG="$PG_CONFIG" $werror all >"$log" 2>&1 ||
		! make -C "$SRC" -s with_llvm=no PG_CONFIG="$PG_CONFIG" $werror install >>"$log" 2>&1; then
		cat "$log" >&2
		die "the build failed"
	fi
	grep -E 'warning:' "$log" >&2 || true
}

# A key of random bytes for this run alone, outside every data directory.
make_key() {
	[ -f "$WORK/key" ] ||
		(umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$WORK/key")
}

# initdb and configuration in $WORK/pgdata; extra settings on standard input.
init_server() {
	local pgdata=$WORK/pgdata
	[ -f "$pgdata/PG_VERSION" ] && return 0
	initdb -D "$pgdata" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
		>"$WORK/initdb.log" 2>&1 || { cat "$WORK/initdb.log" >&2; die "initdb failed"; }
	{
		cat "$SRC/test/pkint.conf"
		printf "pkint.key_file = '%s/key'\n" "$WORK"
		printf "unix_socket_directories = '%s'\nport = %s\nlisten_addresses = ''\n" "$PGHOST" "$PGPORT"
		cat
	} >>"$pgdata/postgresql.conf"
}

start_server() {
	local before=()
	# the server itself was built without, so what stands in for malloc comes first
	if [ -n "${SANITIZE:-}" ]; then
		[ -f "$WORK/untranslated.so" ] || gcc -shared -fPIC -O1 -fno-builtin -o "$WORK/untranslated.so" "$SRC/test/sanitize/untranslated.c"
		before=(env LD_PRELOAD="$(gcc -print-file-name=libasan.so) $WORK/untranslated.so"
			ASAN_OPTIONS="detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=1:log_path=$WORK/sanitizer"
			UBSAN_OPTIONS="print_stacktrace=1:abort_on_error=1:log_path=$WORK/sanitizer")
	fi
	"${before[@]}" pg_ctl -D "$WORK/pgdata" -s -w -t 60 -l "$WORK/server.log" start >"$WORK/pg_ctl.log" 2>&1 || {
		cat "$WORK/pg_ctl.log" >&2
		tail -n 30 "$WORK/server.log" >&2
		die "the server did not start"
	}
}

stop_server() {
	[ -f "$WORK/pgdata/postmaster.pid" ] || return 0
	pg_ctl -D "$WORK/pgdata" -s -m "${1:-fast}" -w stop >/dev/null 2>&1 || true
}

# A database with the extension in it, set up as the install page says.
make_database() {
	createdb "$1" || return 1
	psql -X -q -v ON_ERROR_STOP=1 -d "$1" >"$WORK/create_extension.log" 2>&1 <<-SQL || { cat "$WORK/create_extension.log" >&2; return 1; }
		SET client_min_messages = warning;
		CREATE EXTENSION pkint CASCADE;
		ALTER DATABASE "$1" SET search_path = "\$user", public, pkint;
		ALTER DATABASE "$1" SET jit = off;
	SQL
}
