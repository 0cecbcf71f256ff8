-- src/reader/units.sql: who stood under whom, and changes of the vocabulary on the record.
--
-- pkint.unit says what holds now, and reading goes by that.  What held before is
-- kept here, by triggers on pkint.unit.  A restore brings both tables and the
-- record, so that the triggers keep still while pg_dump's own settings are in
-- force, under a superuser.

CREATE TABLE pkint.unit_history
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	unit			text NOT NULL,
	parent			text,
	since			timestamptz NOT NULL,
	until			timestamptz NOT NULL DEFAULT 'infinity',
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	CHECK (until > since)
);
CREATE UNIQUE INDEX unit_history_now ON pkint.unit_history (unit) WHERE until = 'infinity';
COMMENT ON TABLE pkint.unit_history IS
	'which unit stood under which, from when until when, and who changed it; kept by a trigger on pkint.unit, rows are deleted only where they had not begun. A new unit counts from when it is open. Example: SELECT * FROM pkint.unit_history WHERE unit = ''JMAC'' ORDER BY since';
COMMENT ON COLUMN pkint.unit_history.parent IS 'the unit above it; NULL: none';
COMMENT ON COLUMN pkint.unit_history.until IS 'infinity: it stands there now';
SELECT pg_catalog.pg_extension_config_dump('pkint.unit_history', '');
ALTER TABLE pkint.unit_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON pkint.unit_history FOR SELECT USING (true);
GRANT SELECT ON pkint.unit_history TO PUBLIC;

CREATE FUNCTION pkint.unit_as_json(unit pkint.unit) RETURNS jsonb
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT pg_catalog.to_jsonb(unit) || pg_catalog.jsonb_build_object('position', ST_AsText((unit)."position"));
	END;
REVOKE EXECUTE ON FUNCTION pkint.unit_as_json(pkint.unit) FROM PUBLIC;
COMMENT ON FUNCTION pkint.unit_as_json(pkint.unit) IS 'a unit as the record keeps it, its position in words';

CREATE FUNCTION pkint.restoring() RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT NOT pg_catalog.current_setting('check_function_bodies')::boolean
		AND (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = pkint.calling_role());
	END;
REVOKE EXECUTE ON FUNCTION pkint.restoring() FROM PUBLIC;
COMMENT ON FUNCTION pkint.restoring() IS
	'does a superuser load a dump? Every script of pg_dump switches check_function_bodies off; what it brings is in the dump''s own history and record';

CREATE FUNCTION pkint.lock_units() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- one change of the chart at a time: nobody but pkint can take this lock before his own change
	LOCK TABLE pkint.unit_history IN SHARE ROW EXCLUSIVE MODE;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.lock_units() FROM PUBLIC;
COMMENT ON FUNCTION pkint.lock_units() IS
	'statement trigger on pkint.unit: changes of the chart wait for each other, so that two of them together make no ring';

CREATE FUNCTION pkint.check_no_ring() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	path text[] := ARRAY[NEW.code];
	above text := NEW.parent;
BEGIN
	WHILE above IS NOT NULL LOOP
		path := path || above;
		IF above = NEW.code THEN
			RAISE EXCEPTION '%', pkint.say('the unit "%s" cannot stand under "%s"', NEW.code, NEW.parent)
				USING ERRCODE = 'check_violation',
				DETAIL = pkint.say('The chart would run in a ring: %s.', array_to_string(path, ' < ')),
				HINT = pkint.say('Move the unit above out of the ring first; a unit without a parent stands at the top.');
		END IF;
		EXIT WHEN cardinality(path) > 1000;
		-- the lock makes REPEATABLE READ fail where another session has moved a unit on the way
		SELECT u.parent INTO above FROM pkint.unit u WHERE u.code = above FOR NO KEY UPDATE;
	END LOOP;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_no_ring() FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_no_ring() IS 'row trigger on pkint.unit: raises check_violation where a unit would stand under itself';

CREATE FUNCTION pkint.end_unit_history(of_unit text) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	ends timestamptz := pkint.clock();
	was_to_begin timestamptz;
BEGIN
	-- what was to begin later never was
	DELETE FROM pkint.unit_history h WHERE h.unit = of_unit AND h.until = 'infinity' AND h.since >= ends
		RETURNING h.since INTO was_to_begin;
	UPDATE pkint.unit_history h SET until = ends, ended_by_name = pkint.role_name(pkint.calling_role())
		WHERE h.unit = of_unit AND h.until = 'infinity';
	RETURN coalesce(was_to_begin, ends);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.end_unit_history(text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.end_unit_history(text) IS 'a unit no longer stands where it stood: when that ended';

CREATE FUNCTION pkint.unit_changed() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN pkint.unit_as_json(OLD) END;
	becomes jsonb := CASE WHEN TG_OP <> 'DELETE' THEN pkint.unit_as_json(NEW) END;
	begins timestamptz;
BEGIN
	IF pkint.restoring() OR was = becomes THEN
		RETURN NULL;
	END IF;
	IF TG_OP = 'INSERT' THEN
		begins := NEW.opened;
	ELSIF TG_OP = 'DELETE' OR OLD.code <> NEW.code OR OLD.parent IS DISTINCT FROM NEW.parent THEN
		begins := pkint.end_unit_history(OLD.code);
	END IF;
	IF TG_OP <> 'DELETE' AND begins IS NOT NULL THEN
		INSERT INTO pkint.unit_history (unit, parent, since, decided_by_name)
			VALUES (NEW.code, NEW.parent, begins, pkint.role_name(pkint.calling_role()));
	END IF;
	PERFORM pkint.record('unit', detail => jsonb_build_object('change', lower(TG_OP), 'was', was, 'is', becomes));
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.unit_changed() FROM PUBLIC;
COMMENT ON FUNCTION pkint.unit_changed() IS
	'row trigger on pkint.unit: puts the change on record and keeps pkint.unit_history';

CREATE FUNCTION pkint.caveat_changed() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
	becomes jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
	IF NOT pkint.restoring() AND was IS DISTINCT FROM becomes THEN
		PERFORM pkint.record('caveat', detail => jsonb_build_object('change', lower(TG_OP), 'was', was, 'is', becomes));
	END IF;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.caveat_changed() FROM PUBLIC;
COMMENT ON FUNCTION pkint.caveat_changed() IS 'row trigger on pkint.caveat: puts the change on record';

CREATE TRIGGER one_at_a_time BEFORE INSERT OR UPDATE OR DELETE ON pkint.unit
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.lock_units();
CREATE TRIGGER a_no_ring AFTER INSERT OR UPDATE ON pkint.unit
	FOR EACH ROW EXECUTE FUNCTION pkint.check_no_ring();
CREATE TRIGGER on_record AFTER INSERT OR UPDATE OR DELETE ON pkint.unit
	FOR EACH ROW EXECUTE FUNCTION pkint.unit_changed();
CREATE TRIGGER on_record AFTER INSERT OR UPDATE OR DELETE ON pkint.caveat
	FOR EACH ROW EXECUTE FUNCTION pkint.caveat_changed();

CREATE FUNCTION pkint.units_below(unit text, at timestamptz DEFAULT NULL) RETURNS SETOF text
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	WITH RECURSIVE below AS (
		SELECT h.unit FROM pkint.unit_history h
			WHERE h.parent = units_below.unit AND coalesce(at, pkint.clock()) >= h.since
				AND coalesce(at, pkint.clock()) < h.until
		UNION
		SELECT h.unit FROM below b JOIN pkint.unit_history h ON h.parent = b.unit
			AND coalesce(at, pkint.clock()) >= h.since AND coalesce(at, pkint.clock()) < h.until
	)
	SELECT b.unit FROM below b ORDER BY 1;
	END;
COMMENT ON FUNCTION pkint.units_below(text, timestamptz) IS
	'the units that stood under a unit, all the way down, at a moment (left out: now). It tells the chart; reading goes by pkint.unit as it is now. Example: SELECT pkint.units_below(''U2'', ''2026-03-01'')';
