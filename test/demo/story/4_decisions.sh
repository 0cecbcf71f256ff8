# shellcheck shell=bash
# story/4_decisions.sh: a request, a grant, and its end.

request_and_grant() {
	local around="footprint && pkint.footprint('33NWD9667', '[2022-11-01,2022-12-01)')" id before after
	before=$(ask jmac_analyst -c "SELECT count(*) FROM mission.report WHERE unit = 'HRD' AND $around")
	step 'A request, and a grant' \
		'The JMAC analyst needs what human rights know about Bantouvra. He asks for whatever there is, without knowing' \
		"whether there is anything. The release officer of human rights decides: these rows, for a week, and on the record."
	show jmac_analyst "SELECT pkint.request_access('patrol to the market on Saturday', 'mission.report',
  area => pkint.mgrs_cell('33NWD9667'), during => '[2022-11-01,2022-12-01)') AS request" >"$WORK/demo_request.out"
	cat "$WORK/demo_request.out"
	id=$(grep -m 1 -o '^ *[0-9]\+$' "$WORK/demo_request.out" | tr -d ' ')
	show_refused jmac_analyst "SELECT pkint.grant_access($id, now() + interval '7 days', 'I need it')"
	show hr_chief "SELECT pkint.grant_access($id, now() + interval '7 days', 'for the market patrol') AS rows"
	show jmac_analyst "SELECT count(*) AS reports, count(*) FILTER (WHERE NOT pkint.can_read(label)) AS by_the_grant
FROM mission.report WHERE unit = 'HRD' AND $around"
	after=$(ask jmac_analyst -c "SELECT count(*) FROM mission.report WHERE unit = 'HRD' AND $around")
	[ "$after" -gt "$before" ] || fail 'the grant opens something' "before $before, after $after"
	held "he reads $after reports of human rights where he read $before"
	check 'a grant lifts the audience only: what bears a caveat that he does not hold stays closed' jmac_analyst \
		"SELECT NOT EXISTS (SELECT FROM mission.report WHERE label::text ~ 'CRSV|CHILD')"
	show hr_chief "SELECT pkint.revoke_access($id, 'the patrol is over') AS grants_ended"
	equal 'revoked, the grant is over at once' \
		"$(ask jmac_analyst -c "SELECT count(*) FROM mission.report WHERE unit = 'HRD' AND $around")" "$before"
}
