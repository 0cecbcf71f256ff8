#!/bin/bash
# test/versions.sh: make demo and make test on bare systems of other releases.
#
#   test/versions.sh [SYSTEM ...]     trixie (Debian 13, PostgreSQL 17) and sid (18), or those named
#
# Builds each with debootstrap from the mirror that this machine uses itself, so
# it takes root.  SUITES="regress tap" picks suites; with PKINT_SYSTEMS=DIR the
# systems stay there and are used again.  Ends with a table.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
say() { printf '%s\n' "$*"; }
die() { printf 'pkint: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "make test-versions builds bare systems, which takes root"
command -v debootstrap >/dev/null 2>&1 || die "make test-versions needs the package debootstrap"

# The mirror of this machine's own Debian.
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
		awk -v own="$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")" '$2 == own { print $1; exit }')
	printf '%s' "${uri:-}"
}

# What was mounted in a system goes before anything is removed.
leave() {
	local at
	for at in dev/pts dev proc; do mountpoint -q "$1/$at" && umount "$1/$at"; done
}

# The systems are removed, unless they are to stay or something is mounted yet.
clean_up() {
	local root
	for root in "$SYSTEMS"/*/; do leave "${root%/}"; done
	[ -z "${PKINT_SYSTEMS:-}" ] && ! grep -q " $SYSTEMS/" /proc/mounts && rm -rf "${SYSTEMS:?}"
}

# A bare system $1 in $SYSTEMS/$1.
make_system() {
	local root=$SYSTEMS/$1
	if [ ! -f "$root/etc/debian_version" ]; then
		debootstrap --variant=minbase "$1" "$root" "$MIRROR" >"$SYSTEMS/$1.log" 2>&1 || {
			tail -n 5 "$SYSTEMS/$1.log" >&2
			return 1
		}
		# a mirror may lag behind the dates that it states
		printf 'Acquire::Check-Valid-Until "false";\n' >"$root/etc/apt/apt.conf.d/90pkint"
		cp /etc/resolv.conf /etc/hosts "$root/etc/"
	fi
	mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" && mount --bind /dev/pts "$root/dev/pts"
}

# Run a command in system $1, in a copy of the checkout.
within() {
	local root=$SYSTEMS/$1
	shift
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PKINT_DATA=/root/data SUITES="${SUITES:-}" \
		chroot "$root" "$@"
}

copy_checkout() {
	local root=$SYSTEMS/$1 data=${PKINT_DATA:-$HERE/../shared/data}
	rm -rf "$root/root/pkint" && mkdir -p "$root/root/pkint"
	tar -C "$HERE" --exclude=./.git --exclude='*.o' --exclude='*.d' --exclude='*.so' -cf - . | tar -C "$root/root/pkint" -xf -
	[ ! -d "$data" ] || [ -d "$root/root/data" ] || cp -rL "$data" "$root/root/data"
}

# Both commands in a system; a line of the table for each.
try_system() {
	local what rc log
	make_system "$1" || { table+="$1: no such system could be built"$'\n'; failed=1; leave "$SYSTEMS/$1"; return; }
	copy_checkout "$1"
	for what in demo test; do
		log=$SYSTEMS/$1.$what.log
		say "== $1: make $what (its output goes to $log)"
		within "$1" bash -c "cd /root/pkint && bash test/run.sh $what \$([ $what = demo ] || echo \$SUITES)" >"$log" 2>&1 </dev/null
		rc=$?
		[ $rc = 0 ] || { failed=1; grep -E '^not ok|^pkint:' "$log" | head -n 20; }
		table+=$(printf '%-8s %-4s %-6s PostgreSQL %s: %s' "$1" "$what" "$([ $rc = 0 ] && echo passed || echo FAILED)" \
			"$(within "$1" sh -c 'ls /usr/lib/postgresql' | tail -n 1)" "$(grep -E '^[0-9]+ passed' "$log" | tail -n 1)")$'\n'
	done
	leave "$SYSTEMS/$1"
}

MIRROR=${PKINT_MIRROR:-$(mirror)}
[ -n "$MIRROR" ] || die "this machine has no Debian mirror of its own: name one with PKINT_MIRROR"
SYSTEMS=${PKINT_SYSTEMS:-$(mktemp -d /var/tmp/pkint-systems.XXXXXX)}
mkdir -p "$SYSTEMS"
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
table='' failed=0
for system in ${*:-trixie sid}; do try_system "$system"; done
printf '\n%s' "$table"
exit $failed
