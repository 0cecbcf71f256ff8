-- src/sharing/todo.sql: what waits for whom.
--
-- pkint.todo() is put together from parts, so that a room can add to it without
-- being known here.  A part is any function of the extension that takes no
-- arguments and returns SETOF pkint.todo_item: to add one, create it, in the
-- room's own SQL, as todo_of_<what>(); there is nothing to register.
--
-- A part runs with the rights of whoever asks, unless it says SECURITY DEFINER,
-- and must then look only at pkint.calling_role().  It returns what waits for
-- him, no row for anything else, and never raises because something is not there.
-- One line stands for all that one decision or one look settles: thirty rows in
-- quarantine are one line.  "id" is what the function that settles it takes.
-- Where the part reads protected tables it does so as the asker, without
-- SECURITY DEFINER, and so can never tell more than SELECT.

CREATE TYPE pkint.todo_item AS
(
	kind			text,
	id				bigint,
	since			timestamptz,
	what			text
);
COMMENT ON TYPE pkint.todo_item IS
	'something that waits for somebody: its kind, the number by which it is settled, since when, and what it is in words. Every function of the extension without arguments that returns a set of these is a part of pkint.todo()';

CREATE FUNCTION pkint.todo_of_need_to_know() RETURNS SETOF pkint.todo_item
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	me oid := pkint.calling_role();
	mine text[] := CASE WHEN pkint.has_duty('release_officer') THEN pkint.release_units(me) ELSE '{}'::text[] END;
	soon timestamptz := pkint.clock() + interval '14 days';
BEGIN
	RETURN QUERY SELECT 'request', r.id, r.asked_at, pkint.say('%s asks for %s: %s (rows of yours that match: %s)', r.person_name,
			coalesce(r.relation::text || coalesce(' ' || r.key, ''), pkint.say('what there is')), r.reason,
			n.rows)
		FROM pkint.access_request r
			CROSS JOIN LATERAL (SELECT count(*) AS rows FROM pkint.rows_to_decide(r, me, mine, 'nothing')) n
		WHERE r.person <> me AND cardinality(mine) > 0 AND r.withdrawn IS NULL
			-- an answer that is overdue and would open nothing need not be given any more
			AND (n.rows > 0 OR NOT pkint.request_overdue(r))
			AND EXISTS (SELECT FROM unnest(mine) u WHERE u NOT IN (SELECT w.unit FROM pkint.access_answer w WHERE w.request = r.id));
	RETURN QUERY SELECT 'relabel', r.id, r.asked_at, pkint.say('%s asks to label %s rows of %s %s: %s', r.asked_by_name,
			r.rows, r.relation, r.new_label, r.reason)
		FROM pkint.relabel_request r WHERE r.done_at IS NULL AND r.ended IS NULL AND r.asked_by <> me
			AND EXISTS (SELECT FROM unnest(r.needed) u WHERE u = ANY (mine) AND u <> ALL (r.approved));
	RETURN QUERY SELECT 'overdue', r.id, r.asked_at, pkint.say('%s has waited %s for an answer: %s', r.person_name,
			justify_interval(date_trunc('minute', clock_timestamp() - r.asked_at)), r.reason)
		FROM pkint.access_request r WHERE (pkint.has_duty('head_of_mission') OR pkint.has_duty('security_officer'))
			AND pkint.request_overdue(r)
			AND NOT EXISTS (SELECT FROM pkint.access_answer w WHERE w.request = r.id);
	RETURN QUERY SELECT 'share', s.id, s.since, pkint.say('share order of %s for %s until %s: %s', s.decided_by_name,
			array_to_string(s.units, ', '), s.ends_at, s.reason)
		FROM pkint.share s WHERE s.agreement IS NULL AND s.ended IS NULL AND s.ends_at > pkint.clock() AND cardinality(mine) > 0;
	RETURN QUERY SELECT 'hand_over', h.id, h.since, pkint.say('from %s: %s', h.person_name, h.what)
		FROM pkint.hand_over_item h WHERE h.successor = me AND h.confirmed_at IS NULL;
	RETURN QUERY SELECT 'offer', g.id, g.since, pkint.say('%s opened rows to %s until %s: %s', g.decided_by_name,
			coalesce(g.unit, pkint.say('you')), g.until, g.note)
		FROM pkint.access_grant g WHERE g.kind = 'offer' AND g.ended IS NULL AND g.until > pkint.clock()
			AND (g.person = me OR g.unit = ANY (pkint.person_units(me)));
	RETURN QUERY SELECT 'ends', e.id, e.until, CASE WHEN e.person = me THEN pkint.say('your %s ends %s', e.what, e.until)
			ELSE pkint.say('%s of %s ends %s', e.what, e.person_name, e.until) END
		FROM (SELECT c.id, c.person, c.person_name, c.until, pkint.say('clearance') AS what FROM pkint.person_clearance c WHERE c.ended IS NULL
			UNION ALL SELECT a.id, a.person, a.person_name, a.until, pkint.say('tour in %s', a.unit) FROM pkint.assignment a WHERE a.ended IS NULL
			UNION ALL SELECT a.id, a.person, a.person_name, a.until, pkint.say('duty as %s', a.duty) FROM pkint.appointment a WHERE a.ended IS NULL) e
		WHERE e.until BETWEEN pkint.clock() AND soon AND (e.person = me OR pkint.has_duty('security_officer'));
END
$$;
COMMENT ON FUNCTION pkint.todo_of_need_to_know() IS
	'the part of pkint.todo() about decisions: requests, changes of label, share orders, hand-overs, offers, and what ends soon';

CREATE FUNCTION pkint.todo_of_admissions() RETURNS SETOF pkint.todo_item
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000 ROWS 1 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	-- one line, however many tables somebody protects
	SELECT ('admission', NULL::bigint, pg_catalog.min(p.protected_at),
			pkint.say('%s protected tables wait to be let in, the first of them %s of %s: SELECT pkint.admit(table)', pg_catalog.count(*),
				(pg_catalog.array_agg(p.relation ORDER BY p.protected_at))[1]::text, (pg_catalog.array_agg(p.protected_by ORDER BY p.protected_at))[1]))::pkint.todo_item
		FROM pkint.protected_table p JOIN pg_catalog.pg_class c ON c.oid = p.relation
		WHERE pkint.has_duty('security_officer') AND NOT EXISTS (SELECT FROM pkint.admission a WHERE a.relation = p.relation)
		HAVING pg_catalog.count(*) > 0;
	END;
COMMENT ON FUNCTION pkint.todo_of_admissions() IS
	'the part of pkint.todo() about tables that their owners protected and that no security officer has let in';

CREATE FUNCTION pkint.todo() RETURNS SETOF pkint.todo_item
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	part regprocedure;
BEGIN
	FOR part IN SELECT p.oid FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'pkint'::regnamespace AND p.prorettype = 'pkint.todo_item'::regtype AND p.pronargs = 0
			AND p.proretset AND p.proname <> 'todo'
			AND EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'pkint'
				WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
					AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e')
		ORDER BY p.proname
	LOOP
		-- a part that cannot be looked at hides no other
		BEGIN
			RETURN QUERY EXECUTE format('SELECT * FROM %s', part);
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING '%', pkint.say('what waits for you may be more: %s: %s', part::oid::regproc, SQLERRM);
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION pkint.todo() IS
	'what waits for the one who asks: requests and changes of label to decide with how many of one''s rows they concern, requests that nobody answered in time, share orders in force, hand-overs to confirm, offers, what ends within two weeks, and what other parts of the extension add, such as rows in quarantine and findings. Example: SELECT * FROM pkint.todo() ORDER BY since';
