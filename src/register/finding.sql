-- src/register/finding.sql: what is checked when a report comes or changes, and its review.

CREATE FUNCTION pkint.hold_poc() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_hold_poc';
COMMENT ON FUNCTION pkint.hold_poc() IS
	'row trigger of a register''s reports: what was filed as protection of civilians and reads like an accident (C24) is not counted as such until somebody has looked at it; poc_filed keeps what was filed';

CREATE FUNCTION pkint.findings_of(register name, source text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT format($sql$
INSERT INTO %1$I.finding (label, report, unit, rule, severity, field, message, hint, suggested_code)
SELECT n.label, n.id, n.unit, c.rule, c.severity, c.field, c.message, c.hint, c.suggested_code
FROM %2$s n
CROSS JOIN LATERAL (
	SELECT k.* FROM pkint.check_report(n.title, n.narrative, n.code, COALESCE(n.poc_filed, n.poc), n.agency, n.perp, n.perp2,
		n.target, n.means, n.link, pkint.longitude(n.footprint), pkint.latitude(n.footprint), pkint.radius_m(n.footprint),
		pkint.during(n.footprint), n.reported, n.loaded_at,
		n.killed, n.killed_low, n.killed_high, n.injured, n.injured_low, n.injured_high,
		n.missing, n.missing_low, n.missing_high, n.taken, n.taken_low, n.taken_high,
		n.survivors, n.survivors_low, n.survivors_high, n.displaced, n.displaced_low, n.displaced_high, n.casualties) k
	UNION ALL
	SELECT 'unread', 'incomplete', u.key, pkint.say('"%%s" could not be read', u.value),
		pkint.say('The field is empty in the register. Correct it in the feed, or add the word to the values of its mapping.'), NULL
	FROM jsonb_each_text(n.unread) u
	WHERE n.unread IS NOT NULL) c
WHERE NOT EXISTS (SELECT FROM %1$I.finding f
	WHERE f.report = n.id AND f.unit = n.unit AND f.rule = c.rule AND f.field IS NOT DISTINCT FROM c.field
		AND f.message = c.message AND f.outcome IS NOT NULL)$sql$, register, source);
END;
COMMENT ON FUNCTION pkint.findings_of(name, text) IS
	'the statement that stores what is wrong in reports of a register; source is a table or a transition table of reports';

-- A privilege to delete from a table is one to lock it in every mode, so nobody has it: what is open and out of date is
-- taken away by functions, for the reports of one's own units.
CREATE FUNCTION pkint.labels_of_findings(findings regclass, reports bigint[], units text[]) RETURNS pkint.label[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	labels pkint.label[];
BEGIN
	PERFORM pkint.become_owner(findings);
	EXECUTE format('SELECT array_agg(DISTINCT f.label) FROM %s f
		WHERE f.report = ANY ($1) AND f.outcome IS NULL AND ($2 IS NULL OR f.unit = ANY ($2))', findings) INTO labels USING reports, units;
	RETURN labels;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.labels_of_findings(regclass, bigint[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.labels_of_findings(regclass, bigint[], text[]) IS
	'a step of pkint.withdraw_findings(): the labels of open findings on reports of units (NULL: all), read with the rights of the table''s owner';

CREATE FUNCTION pkint.delete_findings(findings regclass, reports bigint[], units text[], labels pkint.label[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pkint.become_owner(findings);
	EXECUTE format('DELETE FROM %s f WHERE f.report = ANY ($1) AND f.outcome IS NULL AND ($2 IS NULL OR f.unit = ANY ($2))
		AND f.label OPERATOR(pkint.=) ANY ($3)', findings) USING reports, units, labels;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.delete_findings(regclass, bigint[], text[], pkint.label[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.delete_findings(regclass, bigint[], text[], pkint.label[]) IS
	'a step of pkint.withdraw_findings(): takes open findings away, with the rights of the table''s owner';

CREATE FUNCTION pkint.withdraw_findings(register name, reports bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	findings regclass := (SELECT to_regclass(format('%I.finding', r.name)) FROM pkint.register r WHERE r.name = withdraw_findings.register);
	asker oid := pkint.calling_role();
	of_all boolean := (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = asker);
	units text[] := CASE WHEN NOT of_all THEN pkint.person_units(asker) END;
	labels pkint.label[];
BEGIN
	IF findings IS NULL OR coalesce(cardinality(reports), 0) = 0 THEN
		RETURN;
	END IF;
	labels := pkint.labels_of_findings(findings, reports, units);
	IF NOT of_all THEN
		labels := ARRAY (SELECT l FROM unnest(labels) l WHERE pkint.readable_by(asker, l));
	END IF;
	PERFORM pkint.delete_findings(findings, reports, units, labels);
END
$$;
COMMENT ON FUNCTION pkint.withdraw_findings(name, bigint[]) IS
	'a step of pkint.check_register() and of a change of reports: takes away the findings on these reports that nobody has reviewed, those of the caller''s own units that the caller may read; a superuser''s call those of all. Example: SELECT pkint.withdraw_findings(''mission'', ''{12}'')';

CREATE FUNCTION pkint.check_changed_reports() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		-- a change of label acts as the tables' owner, past their policies
		IF row_security_active(format('%I.finding', TG_TABLE_SCHEMA)) THEN
			PERFORM pkint.withdraw_findings(TG_TABLE_SCHEMA, ARRAY (SELECT c.id FROM changed c));
		ELSE
			EXECUTE format('DELETE FROM %I.finding f USING changed c WHERE f.report = c.id AND f.outcome IS NULL', TG_TABLE_SCHEMA);
		END IF;
	END IF;
	EXECUTE pkint.findings_of(TG_TABLE_SCHEMA, 'changed');
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION pkint.check_changed_reports() IS
	'statement trigger of a register''s reports: checks those that came or changed and stores what was found';

CREATE FUNCTION pkint.create_register_triggers(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unsure text := 'NEW.poc AND COALESCE(NEW.agency, ''unknown'') = ''unknown'' AND COALESCE(NEW.perp, ''unknown'') = ''unknown''';
BEGIN
	EXECUTE format('CREATE TRIGGER hold_poc BEFORE INSERT ON %I.report FOR EACH ROW WHEN (%s) EXECUTE FUNCTION pkint.hold_poc()', register, unsure);
	EXECUTE format('CREATE TRIGGER hold_poc_again BEFORE UPDATE ON %I.report FOR EACH ROW WHEN (%s AND (NEW.title, NEW.narrative, NEW.code, NEW.agency, NEW.perp) IS DISTINCT FROM (OLD.title, OLD.narrative, OLD.code, OLD.agency, OLD.perp)) EXECUTE FUNCTION pkint.hold_poc()',
		register, unsure);
	EXECUTE format('CREATE TRIGGER stamp_change BEFORE UPDATE ON %I.report FOR EACH ROW EXECUTE FUNCTION pkint.stamp_change(''changed_at'')', register);
	EXECUTE format('CREATE TRIGGER stamp_decision BEFORE INSERT OR UPDATE OF status, decided_by, decided_at ON %I.match FOR EACH ROW
		EXECUTE FUNCTION pkint.stamp_decision(''status'', ''decided_by'', ''decided_at'', ''confirmed'', ''rejected'')', register);
	EXECUTE format('CREATE TRIGGER stamp_decision BEFORE INSERT OR UPDATE OF outcome, reviewed_by, reviewed_at ON %I.finding FOR EACH ROW
		EXECUTE FUNCTION pkint.stamp_decision(''outcome'', ''reviewed_by'', ''reviewed_at'', ''upheld'', ''dismissed'')', register);
	EXECUTE format('CREATE TRIGGER check_new AFTER INSERT ON %I.report REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pkint.check_changed_reports()', register);
	EXECUTE format('CREATE TRIGGER check_changed AFTER UPDATE ON %I.report REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pkint.check_changed_reports()', register);
END
$$;
COMMENT ON FUNCTION pkint.create_register_triggers(name) IS 'a step of pkint.create_register(): reports are checked when they come and when they change, and who decides is put down';

CREATE FUNCTION pkint.check_register(register name) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found bigint;
	reports bigint[];
	-- findings are stored under the report's own label, by somebody of its unit
	mine text := format('(SELECT %s, pkint.redacted(%L::regclass, r.id::text, ''narrative'') AS narrative FROM %I.report r
			WHERE pkint.in_unit(r.unit) OR NOT row_security_active(%L))',
		pkint.column_list(register, 'report', '{narrative}'), format('%I.report', register), register, format('%I.finding', register));
BEGIN
	PERFORM pkint.check_register_name(register);
	EXECUTE format('SELECT array_agg(r.id) FROM %s r', mine) INTO reports;
	PERFORM pkint.withdraw_findings(register, reports);
	EXECUTE pkint.findings_of(register, mine);
	GET DIAGNOSTICS found = ROW_COUNT;
	RETURN found;
END
$$;
COMMENT ON FUNCTION pkint.check_register(name) IS
	'checks the reports of the caller''s own units anew, after the taxonomy, the lexicon or the area of application has changed, and returns how many findings there are; a superuser checks all. SELECT pkint.check_register(''mission'')';

CREATE FUNCTION pkint.review_finding(register name, finding bigint, outcome text, note text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reviewed bigint;
	rule_found text;
BEGIN
	PERFORM pkint.check_register_name(register);
	IF outcome IS NULL OR outcome NOT IN ('upheld', 'dismissed') THEN
		RAISE EXCEPTION '%', pkint.say('an outcome is upheld or dismissed, not "%s"', outcome)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Upheld: the report is wrong, correct it in the feed. Dismissed: the report is right as it stands.');
	END IF;
	EXECUTE format('UPDATE %I.finding SET outcome = $2, note = $3
		WHERE id = $1 RETURNING report, rule', register) USING finding, outcome, note INTO reviewed, rule_found;
	IF reviewed IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no finding %s that you may review', finding)
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('See SELECT * FROM %I.finding WHERE outcome IS NULL.', register);
	END IF;
	IF rule_found = 'C24' THEN
		EXECUTE format('UPDATE %I.report SET poc = ($2 = ''dismissed'') WHERE id = $1 AND poc_filed', register) USING reviewed, outcome;
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.review_finding(name, bigint, text, text) IS
	'records that somebody looked at a finding: upheld (the report is wrong) or dismissed (it is right as it stands); a report that was held as a probable hazard counts as protection of civilians again once that is dismissed. By somebody of the report''s unit. SELECT pkint.review_finding(''mission'', 12, ''upheld'', ''driver asleep'')';
