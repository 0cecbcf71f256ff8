# shellcheck shell=bash
# story/4_decisions.sh: a request, a grant, a share order, and the record of it all.

request_and_grant() {
	local around="footprint && pkint.footprint('33NWD9667', '[2022-11-01,2022-12-01)')" id row before after
	local reports="SELECT count(*) FROM mission.report WHERE unit = 'HRD' AND $around"
	before=$(ask jmac_analyst -c "$reports")
	step 'A request, and a grant' \
		'The JMAC analyst needs what human rights know about Bantouvra. He asks for whatever there is, without knowing' \
		"whether there is anything. The release officer of human rights decides: these rows, until then, and on the record." \
		'To see a grant end by itself, this one ends in twelve seconds.'
	show jmac_analyst "SELECT pkint.request_access('patrol to the market on Saturday', 'mission.report',
  area => pkint.mgrs_cell('33NWD9667'), during => '[2022-11-01,2022-12-01)') AS request" >"$WORK/demo_request.out"
	cat "$WORK/demo_request.out"
	id=$(grep -m 1 -o '^ *[0-9]\+$' "$WORK/demo_request.out" | tr -d ' ')
	show hr_chief 'SELECT kind, id, what FROM pkint.todo()'
	show_refused jmac_analyst "SELECT pkint.grant_access($id, now() + interval '7 days', 'I need it')"
	open_session jmac_analyst
	in_session 'BEGIN;'
	in_session "$reports;"
	equal 'before it is decided he reads what was released to his unit' "$(answered)" "$before"
	show hr_chief "SELECT pkint.grant_access($id, clock_timestamp() + interval '12 seconds', 'for the market patrol') AS rows"
	in_session "$reports;"
	after=$(answered)
	[ "$after" -gt "$before" ] || fail 'the grant opens something' "before $before, after $after"
	held "he reads $after reports of human rights where he read $before"
	in_session 'SELECT pg_sleep(13);'
	in_session "$reports;"
	equal 'twelve seconds later, within the same transaction and with nobody doing anything, it is over' "$(answered)" "$before"
	in_session 'COMMIT;'
	close_session
	printf '\n'
	tell 'The patrol is put off to next Saturday. The release officer need not wait to be asked again:'
	show hr_chief "SELECT pkint.offer_access('mission.report', (SELECT array_agg(id::text) FROM mission.report
  WHERE unit = 'HRD' AND NOT 'JMAC' = ANY (pkint.releasable_to(label)) AND $around), now() + interval '7 days',
  'for the market patrol', person => 'jmac_analyst') AS offer" >"$WORK/demo_request.out"
	cat "$WORK/demo_request.out"
	id=$(grep -m 1 -o '^ *[0-9]\+$' "$WORK/demo_request.out" | tr -d ' ')
	show jmac_analyst "SELECT kind, what FROM pkint.todo() WHERE kind = 'offer'"
	[ "$(ask jmac_analyst -c "$reports")" -gt "$before" ] || fail 'the offer opens something'
	held 'he reads them again'
	row=$(ask jmac_analyst -c "SELECT min(id) FROM mission.report WHERE unit = 'HRD' AND NOT pkint.can_read(label)")
	show hr_chief "SELECT person, because FROM pkint.who_can_read('mission.report', '$row')"
	check 'the owner of a row sees who can read it, the grant included' hr_chief \
		"SELECT array_agg(person ORDER BY person) @> '{hr_chief,hr_officer,jmac_analyst}' FROM pkint.who_can_read('mission.report', '$row')"
	check 'a grant lifts the audience only: what bears a caveat that he does not hold stays closed' jmac_analyst \
		"SELECT NOT EXISTS (SELECT FROM mission.report WHERE label::text ~ 'CRSV|CHILD')"
	show hr_chief "SELECT pkint.revoke_access($id, 'the patrol is called off') AS grants_ended"
	equal 'revoked, it is over at once' "$(ask jmac_analyst -c "$reports")" "$before"
}

a_share_order() {
	local count="SELECT unit, count(*) FROM mission.report
WHERE footprint && pkint.footprint('33NWD9667', '[2022-11-01,2022-12-01)') GROUP BY unit ORDER BY unit" before id
	before=$(ask u2_officer -c "$count")
	step 'Need to share' \
		'A convoy goes to Bantouvra. For the safety of personnel the head of mission opens what happened there to U2, whoever' \
		'holds it, for three days. The order ends by itself, or as here when he ends it.'
	show u2_officer "$count"
	show head_of_mission "SELECT pkint.share_order('mission.report', pkint.mgrs_cell('33NWD9667'), '[2022-11-01,2022-12-01)',
  '{U2}', now() + interval '3 days', 'convoy to Bantouvra') AS order_number" >"$WORK/demo_order.out"
	cat "$WORK/demo_order.out"
	id=$(grep -m 1 -o '^ *[0-9]\+$' "$WORK/demo_order.out" | tr -d ' ')
	show u2_officer "$count"
	[ "$(ask u2_officer -c "$count")" != "$before" ] || fail 'the order opens something'
	check 'the order opens to U2 what human rights and UN police hold' u2_officer \
		"SELECT count(DISTINCT unit) = 2 FROM mission.report WHERE unit IN ('HRD', 'UNPOL') AND NOT pkint.can_read(label)"
	check 'but nothing under a caveat that he does not hold' u2_officer \
		"SELECT NOT EXISTS (SELECT FROM mission.report WHERE label::text ~ 'CRSV|CHILD|SOURCE')"
	show head_of_mission "SELECT pkint.end_share($id)"
	equal 'it is over at once' "$(ask u2_officer -c "$count")" "$before"
}

the_record() {
	local waited
	step 'The record' \
		'Every decision was recorded as it was taken, and every disclosure before its first row left. The auditor reads what' \
		'his own clearance covers, and an owner sees who has read what is his.'
	for waited in $(seq 1 60); do
		[ "$(ask postgres -c 'SELECT count(*) FROM pkint.audit_inbox')" != 0 ] || break
		sleep 0.5
	done
	check 'what was decided came into the record by itself' postgres 'SELECT count(*) = 0 FROM pkint.audit_inbox'
	show auditor "SELECT kind, person, subject, coalesce(detail ->> 'reason', detail ->> 'note') AS why, (detail ->> 'until')::timestamptz(0) AS until
FROM pkint.audit_entry WHERE kind NOT IN ('intent', 'read', 'assign', 'protect', 'appoint', 'set_clearance') ORDER BY at"
	show hr_chief "SELECT person, count(*) AS labels, sum(rows) AS rows FROM pkint.readers
WHERE relation = 'mission.report' GROUP BY person ORDER BY person"
	check 'request, grant, offer, the order, what was taken back and the withdrawn clearance are on record' auditor \
		"SELECT array_agg(DISTINCT kind) @> '{request,grant,offer,revoke,share,end_share,withdraw_clearance}' FROM pkint.audit_entry"
	check 'with the end that the grant had' auditor \
		"SELECT count(*) = 1 FROM pkint.audit_entry WHERE kind = 'grant' AND (detail ->> 'until')::timestamptz < clock_timestamp()"
	check 'human rights see that the JMAC analyst read what was granted to him' hr_chief \
		"SELECT EXISTS (SELECT FROM pkint.readers WHERE person = 'jmac_analyst' AND relation = 'mission.report')"
	check 'the chain of the record is whole' auditor 'SELECT NOT EXISTS (SELECT FROM pkint.verify_audit())'
}

# What check_protection() may find in the server's packages, whatever the demo does: a minor release
# without today's repairs, functions that PostGIS itself calls leakproof.
OF_THE_SERVER="(object = 'server' OR EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname LIKE 'postgis%'
	WHERE d.classid = 'pg_proc'::regclass AND d.objid = CASE WHEN object LIKE '%(%)' THEN to_regprocedure(object) END AND d.deptype = 'e'))"

of_this_server() {
	local found
	found=$(ask security_officer -c "SELECT count(*) FROM pkint.check_protection() WHERE $OF_THE_SERVER")
	[ "$found" != 0 ] || return 0
	tell "This server's own packages add $found more, which the demo cannot mend; updating them does:"
	show security_officer "SELECT severity, object, problem, remedy FROM pkint.check_protection() WHERE $OF_THE_SERVER"
}

holes() {
	local critical="SELECT NOT EXISTS (SELECT FROM pkint.check_protection() WHERE object = 'public.report_copy')"
	step 'Where the protection has holes' \
		'A colleague copied the reports into a table of his own "just for a moment". check_protection() finds every such hole' \
		'and says what mends it; harden() takes from everybody what PostgreSQL itself tells about hidden rows.'
	ask postgres -c 'CREATE TABLE public.report_copy AS SELECT id, label, title FROM mission.report' \
		-c 'GRANT SELECT ON public.report_copy TO PUBLIC'
	show security_officer 'SELECT severity, object, problem, remedy FROM pkint.check_protection()'
	show postgres 'SELECT pkint.harden()'
	show postgres "SELECT pkint.protect('public.report_copy')"
	check 'the hole is closed' security_officer "$critical"
	of_this_server
	check 'what is left is what no extension can close, a superuser who can log in, how this demo keeps its key, a head of mission without a clearance, units that nobody releases for, and how many tables are open to everybody' security_officer \
		"SELECT array_agg(DISTINCT object ORDER BY object) = '{head_of_mission,pkint.key_file,pkint.require_signed_approvals,postgres}' FROM pkint.check_protection()
		WHERE NOT $OF_THE_SERVER AND object <> 'tables' AND object NOT IN (SELECT code FROM pkint.unit)"
	check 'and the newcomer reads nothing from the copy' newcomer 'SELECT count(*) = 0 FROM public.report_copy'
}
