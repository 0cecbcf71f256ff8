-- src/reader/references.sql: what a policy table names is there.
--
-- Foreign keys between policy tables would be made by CREATE EXTENSION before
-- their rows come, and a parallel restore brings these in any order: whole tables
-- stayed empty.  So triggers look, which keep still in a restore, and
-- pkint.check_protection() finds what a restore has left without its counterpart.
-- A reference is declared once, as such a trigger: names_one(column, table, key).

CREATE FUNCTION pkint.names_one() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	lost text;
BEGIN
	IF pkint.restoring() THEN
		RETURN NULL;
	END IF;
	-- what is named stays until this is committed
	EXECUTE format('SELECT FROM pkint.%2$I t WHERE t.%3$I IN (SELECT n.%1$I FROM new_rows n) FOR KEY SHARE', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]);
	EXECUTE format('SELECT min(n.%1$I::text) FROM new_rows n WHERE NOT EXISTS (SELECT FROM pkint.%2$I t WHERE t.%3$I = n.%1$I)', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]) INTO lost;
	IF lost IS NOT NULL AND TG_ARGV[1] = 'unit' THEN
		RAISE EXCEPTION '%', pkint.say('there is no unit "%s"', lost)
			USING ERRCODE = 'foreign_key_violation',
			HINT = pkint.say('Units are listed in pkint.unit, which the security officer keeps.');
	ELSIF lost IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('"%s" of %s is not in %s', lost, TG_TABLE_NAME, TG_ARGV[1])
			USING ERRCODE = 'foreign_key_violation';
	END IF;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.names_one() FROM PUBLIC;
COMMENT ON FUNCTION pkint.names_one() IS
	'statement trigger on policy tables, with a transition table new_rows: what the column (first argument) names must be in the table and key (second and third); keeps still in a restore';

CREATE FUNCTION pkint.policy_references(OUT relation regclass, OUT column_name text, OUT target regclass, OUT key text) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 10
	BEGIN ATOMIC
	SELECT DISTINCT g.tgrelid::regclass, a.arg[1], t.oid::regclass, a.arg[3]
	FROM pg_catalog.pg_trigger g,
		LATERAL pg_catalog.string_to_array(pg_catalog.encode(g.tgargs, 'escape'), '\000') a (arg), pg_catalog.pg_class t
	WHERE g.tgfoid = 'pkint.names_one()'::regprocedure AND t.relname = a.arg[2]
		AND t.relnamespace = (SELECT p.pronamespace FROM pg_catalog.pg_proc p WHERE p.oid = g.tgfoid);
	END;
REVOKE EXECUTE ON FUNCTION pkint.policy_references() FROM PUBLIC;
COMMENT ON FUNCTION pkint.policy_references() IS 'which column of a policy table names the key of which other: the triggers that call pkint.names_one()';

CREATE FUNCTION pkint.still_named() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	naming record;
	key text;
BEGIN
	FOR naming IN SELECT * FROM pkint.policy_references() r WHERE r.target = TG_RELID LOOP
		EXECUTE format('SELECT min(o.%1$I::text) FROM old_rows o WHERE EXISTS (SELECT FROM %2$s r WHERE r.%3$I = o.%1$I) AND NOT EXISTS (SELECT FROM %4$s t WHERE t.%1$I = o.%1$I)',
			naming.key, naming.relation, naming.column_name, naming.target) INTO key;
		IF key IS NOT NULL THEN
			RAISE EXCEPTION '%', pkint.say('"%s" cannot go from %s: %s still names it', key, naming.target, naming.relation)
				USING ERRCODE = 'foreign_key_violation',
				HINT = CASE TG_TABLE_NAME WHEN 'unit' THEN pkint.say('A unit that ends is closed: UPDATE pkint.unit SET closed = now() WHERE code = %L', key)
					ELSE pkint.say('End what names it first.') END;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.still_named() FROM PUBLIC;
COMMENT ON FUNCTION pkint.still_named() IS
	'statement trigger on policy tables, with a transition table old_rows: what another still names is neither deleted nor given another key';

CREATE FUNCTION pkint.lost_references(OUT relation regclass, OUT column_name text, OUT target regclass, OUT rows bigint) RETURNS SETOF record
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	naming record;
BEGIN
	FOR naming IN SELECT * FROM pkint.policy_references() LOOP
		relation := naming.relation;
		column_name := naming.column_name;
		target := naming.target;
		EXECUTE format('SELECT count(*) FROM %1$s r WHERE r.%2$I IS NOT NULL AND NOT EXISTS (SELECT FROM %3$s t WHERE t.%4$I = r.%2$I)',
			naming.relation, naming.column_name, naming.target, naming.key) INTO rows;
		CONTINUE WHEN rows = 0;
		RETURN NEXT;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.lost_references() FROM PUBLIC;
COMMENT ON FUNCTION pkint.lost_references() IS 'how many rows of a policy table name something that is not there, as after a restore that lost rows; see pkint.check_protection()';

CREATE TRIGGER new_names_parent AFTER INSERT ON pkint.unit REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('parent', 'unit', 'code');
CREATE TRIGGER changed_names_parent AFTER UPDATE ON pkint.unit REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('parent', 'unit', 'code');
CREATE TRIGGER changed_still_named AFTER UPDATE ON pkint.unit REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.still_named();
CREATE TRIGGER gone_still_named AFTER DELETE ON pkint.unit REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.still_named();
CREATE TRIGGER new_names_unit AFTER INSERT ON pkint.assignment REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('unit', 'unit', 'code');
