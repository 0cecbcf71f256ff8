-- src/register/coarse_register.sql: a register whose places are shown coarse.

CREATE FUNCTION pkint.coarsen_place() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_coarsen_place';
COMMENT ON FUNCTION pkint.coarsen_place() IS
	'row trigger that pkint.coarsen_register() makes: the footprint of a report becomes coarse, in cells of so many metres as its argument says, and the exact one goes into a column that nobody reads';

CREATE FUNCTION pkint.enter_coarse_register(register name) RETURNS double precision
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	report regclass := format('%I.report', register)::regclass;
	rule pkint.column_rule;
BEGIN
	IF NOT pg_has_role(pkint.role_name(pkint.calling_role()), (SELECT c.relowner FROM pg_class c WHERE c.oid = report), 'USAGE') THEN
		RAISE EXCEPTION '%', pkint.say('must be owner of "%s.report"', register) USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT * INTO rule FROM pkint.column_rule r WHERE r.relation = report AND r.column_name = 'footprint' AND r.kind IN ('coarsened', 'coarse');
	IF rule.relation IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('nobody has said how coarse the places of "%s" are to be', register)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A security officer says so first: SELECT pkint.coarsen_column(''%s.report'', ''footprint'', 10000, ''SOURCE'').', register);
	END IF;
	-- everybody reads what is stored coarse, and nobody the exact place
	rule.kind := 'coarse';
	PERFORM pkint.enter_column_rule(rule);
	rule.kind := 'coarsened';
	rule.column_name := 'exact';
	PERFORM pkint.enter_column_rule(rule);
	PERFORM pkint.record('coarsen register', report::text, NULL, NULL, jsonb_build_object('cell_m', rule.cell_m, 'caveat', rule.caveat));
	RETURN rule.cell_m;
END
$$;
COMMENT ON FUNCTION pkint.enter_coarse_register(name) IS
	'a step of pkint.coarsen_register(), for the owner of its tables: how wide the cells are that the security officer asked for, in metres';

CREATE FUNCTION pkint.coarsen_register(register name) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
	cell double precision;
	changed bigint;
BEGIN
	PERFORM pkint.check_register_name(register);
	IF row_security_active(format('%I.report', register)) THEN
		RAISE EXCEPTION '%', pkint.say('row security hides reports of "%s" from you, and they would stay exact', register)
			USING ERRCODE = 'insufficient_privilege', HINT = pkint.say('Have a superuser call pkint.coarsen_register().');
	END IF;
	EXECUTE format('ALTER TABLE %I.report ADD COLUMN IF NOT EXISTS exact pkint.footprint', register);
	cell := pkint.enter_coarse_register(register);
	EXECUTE format('DROP TRIGGER IF EXISTS coarsen_place ON %I.report', register);
	EXECUTE format('CREATE TRIGGER coarsen_place BEFORE INSERT OR UPDATE ON %I.report FOR EACH ROW EXECUTE FUNCTION pkint.coarsen_place(%L)', register, cell);
	EXECUTE format('UPDATE %I.report SET footprint = COALESCE(exact, footprint)', register);
	GET DIAGNOSTICS changed = ROW_COUNT;
	PERFORM pkint.create_register_views(register, true);
	RETURN pkint.say('the places of %s reports are coarse now, and those of reports to come', changed);
END
$$;
COMMENT ON FUNCTION pkint.coarsen_register(name) IS
	'makes the places of a register coarse, as a security officer has asked with pkint.coarsen_column(): the footprint of each report, which everybody searches by, becomes the keyed cell''s, and its radius covers the truth; the exact one stays in a column that nobody reads, and the views show it as geom, radius_m, longitude and latitude to holders of the caveat. Call it again after the cell or the caveat was changed. By a superuser, with a key. Example: SELECT pkint.coarsen_register(''mission'')';
