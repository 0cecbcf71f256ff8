#!/bin/bash
# test/docs/run.sh: every statement of the task pages, as their readers type them. Prints TAP.
#
# Called by test/run.sh with a server up and WORK, SRC, PGHOST, PGPORT set. With
# DOCS=write the pages get the answers of today (make walk).

set -u
export DOCS_DATABASE=mission PSQL_HISTORY=/dev/null TZ=UTC
PAGES="dba security-officer release-officer head-of-mission analyst"
mkdir -p "$WORK/walk" && cd "$WORK/walk" || exit 1
pages=()
for p in $PAGES; do pages+=("$SRC/docs/$p.md"); done
dropdb --if-exists "$DOCS_DATABASE"
# the extension's own database of this suite is of no use here
createdb -T template0 -E UTF8 "$DOCS_DATABASE" || exit 1
perl "$SRC/test/docs/walk.pl" ${WALK_WRITE:+--write} "${pages[@]}"
