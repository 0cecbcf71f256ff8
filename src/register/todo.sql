-- src/register/todo.sql: what a register adds to pkint.todo().

CREATE FUNCTION pkint.todo_of_registers() RETURNS SETOF pkint.todo_item
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	register name;
BEGIN
	-- a register's schema may have been dropped, or be closed to the one who asks
	FOR register IN SELECT r.name FROM pkint.register r
		WHERE has_table_privilege(to_regclass(format('%I.quarantine', r.name)), 'SELECT')
			AND has_table_privilege(to_regclass(format('%I.finding', r.name)), 'SELECT')
			AND has_schema_privilege(to_regnamespace(quote_ident(r.name)), 'USAGE') ORDER BY r.name
	LOOP
		RETURN QUERY EXECUTE format($sql$
			SELECT 'quarantine', min(q.id), min(q.loaded_at),
				pkint.say('%%s rows of the feed %%s of %%s in %%s: %%s', count(*), q.feed, q.unit, %1$L,
					CASE WHEN count(DISTINCT q.reason) > 1 THEN pkint.say('%%s and other reasons', pkint.say(min(q.reason)))
						ELSE pkint.say(min(q.reason)) END)
			FROM %1$s q
			WHERE q.resolved_at IS NULL AND (pkint.in_unit(q.unit) OR pkint.has_duty('release_officer', q.unit))
			GROUP BY q.feed, q.unit
			UNION ALL
			SELECT 'finding', min(f.id), min(f.found_at),
				pkint.say('%%s on reports of %%s in %%s: rule %%s, %%s', count(*), f.unit, %2$L, f.rule, min(f.severity))
			FROM %2$s f
			WHERE f.outcome IS NULL AND (pkint.in_unit(f.unit) OR pkint.has_duty('release_officer', f.unit))
			GROUP BY f.unit, f.rule$sql$, format('%I.quarantine', register), format('%I.finding', register));
	END LOOP;
END
$$;
COMMENT ON FUNCTION pkint.todo_of_registers() IS
	'the part of pkint.todo() about registers: rows of one''s units in quarantine, a line for each feed, and findings on one''s units'' reports that nobody has looked at, a line for each rule; as far as one may read them';
