#!/bin/bash
# test/demo/story.sh: the main job on the sample mission, told step by step.
#
# Called by test/run.sh with a server up: WORK, SRC, PGHOST, PGPORT, PGUSER and
# PATH are set. Each step prints what a DBA would type and what comes back, and
# checks it; the first thing that is not so ends the story with status 1.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DATA=$HERE/data
FILES=$WORK/demo_files
# shellcheck source=test/demo/stage.sh
. "$HERE/stage.sh"
for part in "$HERE"/story/*.sh; do
	# shellcheck source=/dev/null
	. "$part"
done

tell "Ovandie is an invented country with a peacekeeping mission. For a year its" \
	"units kept what they knew to themselves, each in a format of its own. This demo" \
	"brings it all into one register, and shows who then sees what."
build_the_register
load_the_feeds
look_at_quarantine
mislabelled
four_people
a_map
one_event_many_reports
request_and_grant
a_share_order
a_source
life_of_a_source
a_revocation
load_again
the_record
holes
printf '\nAll %d checks held.\n' "$CHECKS"
if [ -n "${KEEP:-}" ] && [ "${KEEP:-}" != 0 ]; then
	printf '\nTo look round as each of them:\n'
	for person in jmac_analyst u2_officer hr_officer newcomer hr_chief jmac_custodian auditor security_officer postgres; do
		printf '    %s -h %s -p %s -U %s %s\n' "$(command -v psql)" "$PGHOST" "$PGPORT" "$person" "$DB"
	done
fi
