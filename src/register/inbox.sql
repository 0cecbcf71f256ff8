-- src/register/inbox.sql: a view to type into, and to COPY into.

CREATE FUNCTION pkint.forward_row() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_forward_row';
COMMENT ON FUNCTION pkint.forward_row() IS
	'trigger instead of an insert into a view: runs the statement that is its argument, with the row''s columns as $1, $2 ...';

CREATE FUNCTION pkint.refuse(message text, hint text) RETURNS boolean
	LANGUAGE C VOLATILE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_refuse';
COMMENT ON FUNCTION pkint.refuse(text, text) IS
	'raises invalid_parameter_value with a message and a hint; for SQL functions, which cannot';

CREATE FUNCTION pkint.entered_footprint(longitude text, latitude text, mgrs text, radius_m double precision,
	occurred text, occurred_to text, zone text) RETURNS pkint.footprint
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
BEGIN ATOMIC
	SELECT CASE
		WHEN w.during IS NULL AND pkint.refuse(CASE WHEN occurred IS NULL THEN pkint.say('the report has no date')
				WHEN occurred_to IS NULL THEN pkint.say('date "%s": %s', occurred, pkint.reading_fault(occurred, 'period'))
				ELSE pkint.say('date "%s" to "%s": %s', occurred, occurred_to,
					COALESCE(pkint.reading_fault(occurred, 'period'), pkint.reading_fault(occurred_to, 'period'), pkint.say('it ends before it begins'))) END,
			pkint.say('Write 2022-05-03, 03/05/2022 (day first) or 3 mai 2022.')) THEN NULL
		WHEN w.lon IS NULL AND w.lat IS NULL AND mgrs IS NOT NULL THEN
			CASE WHEN pkint.mgrs_fault(mgrs) IS NOT NULL
					AND pkint.refuse(pkint.say('grid reference "%s": %s', mgrs, pkint.mgrs_fault(mgrs)), pkint.say('Write it as 33N WD 96700 12300.')) THEN NULL
				ELSE pkint.make_footprint(pkint.longitude(pkint.footprint(mgrs, w.during)), pkint.latitude(pkint.footprint(mgrs, w.during)),
					COALESCE(radius_m, pkint.radius_m(pkint.footprint(mgrs, w.during))), w.during,
					pkint.place_kind(pkint.footprint(mgrs, w.during)), pkint.time_kind_of(w.during)) END
		WHEN (w.lon IS NULL OR w.lat IS NULL OR w.lon = 0 AND w.lat = 0 OR abs(w.lat) > 90 OR abs(w.lon) > 180)
			AND pkint.refuse(pkint.say('longitude "%s", latitude "%s": there is no such place', longitude, latitude),
				pkint.say('Give degrees, longitude to 180 and latitude to 90, or a grid reference.')) THEN NULL
		ELSE pkint.make_footprint(w.lon, w.lat, COALESCE(radius_m, pkint.coordinate_error_m(longitude, false), 0), w.during, 'exact', pkint.time_kind_of(w.during)) END
	FROM (SELECT pkint.try_coordinate(longitude, false) AS lon, pkint.try_coordinate(latitude, true) AS lat,
		CASE WHEN occurred_to IS NULL OR pkint.try_period(occurred_to, 'DMY', zone) IS NOT NULL THEN
			pkint.feed_period(pkint.try_period(occurred, 'DMY', zone), pkint.try_period(occurred_to, 'DMY', zone), NULL, NULL, NULL, NULL, zone) END AS during) w;
END;
COMMENT ON FUNCTION pkint.entered_footprint(text, text, text, double precision, text, text, text) IS
	'footprint of a report that somebody enters: coordinates or a grid reference, dates as text; refused with a hint where there is no such place or day. SELECT pkint.entered_footprint(NULL, NULL, ''33N WD 96'', NULL, ''3 mai 2022'', NULL, ''UTC'')';

CREATE FUNCTION pkint.create_register_inbox(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what goes into the report as it is entered
	plain_columns text[] := '{code,poc,crsv,cac,un_safety,mandatory_report,agency,actor,perp,actor2,perp2,target,means,killed,killed_low,killed_high,injured,injured_low,injured_high,missing,taken,survivors,displaced,casualties,place_name,admin1,admin2,title,narrative,language,link,truce,demand,site_kind,consent,source,grade,review_by}'::text[];
	statement text;
BEGIN
	EXECUTE format('CREATE VIEW %1$I.inbox WITH (security_invoker = true) AS SELECT NULL::text AS longitude, NULL::text AS latitude, NULL::text AS mgrs,
			NULL::double precision AS radius_m, NULL::text AS occurred, NULL::text AS occurred_to, NULL::text AS timezone, r.label, r.unit, %2$s
		FROM %1$I.report r WHERE false', register, (SELECT string_agg(CASE c WHEN 'narrative' THEN 'NULL::text AS ' ELSE 'r.' END || quote_ident(c), ', ' ORDER BY n) FROM unnest(plain_columns) WITH ORDINALITY x (c, n)));
	statement := format('INSERT INTO %1$I.report (footprint, label, unit, poc_filed, %2$s)
		SELECT pkint.entered_footprint($1, $2, $3, $4, $5, $6, coalesce($7, ''UTC'')), coalesce($8, pkint.default_label()),
			coalesce($9, (SELECT w.units[1] FROM pkint.whoami() w WHERE cardinality(w.units) = 1)), $%3$s, %4$s', register,
		(SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(plain_columns) WITH ORDINALITY x (c, n)),
		9 + array_position(plain_columns, 'poc'),
		(SELECT string_agg('$' || (9 + n), ', ' ORDER BY n) FROM unnest(plain_columns) WITH ORDINALITY x (c, n)));
	EXECUTE format('CREATE TRIGGER store INSTEAD OF INSERT ON %I.inbox FOR EACH ROW EXECUTE FUNCTION pkint.forward_row(%L)', register, statement);
	EXECUTE format('GRANT SELECT, INSERT (%s) ON %I.inbox TO PUBLIC', pkint.column_list(register, 'inbox', '{}'), register);
	EXECUTE format('COMMENT ON VIEW %I.inbox IS %L', register,
		'to enter reports, by INSERT or COPY: coordinates or a grid reference, dates as people write them; label and unit are the writer''s own where left out. Shows nothing');
END
$$;
COMMENT ON FUNCTION pkint.create_register_inbox(name) IS 'a step of pkint.create_register(): the view inbox';
