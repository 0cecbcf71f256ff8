-- src/sharing/explain.sql: who may read this, and why.

CREATE FUNCTION pkint.row_asked_about(asked text, person name, relation regclass, key text) RETURNS pkint.matching_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asker oid := pkint.deciding_person();
	officer boolean := pkint.has_duty('security_officer');
	found_row pkint.matching_row;
	found_label pkint.label;
BEGIN
	IF relation IS NULL OR key IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('a table and a key must be given')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM pkint.check_protected(relation);
	-- a parent and a child may have a row with this key both: what is told then is told of both
	SELECT min(m.relation::oid)::regclass, min(m.key), pkint.combined_label(m.label), min(m.part) INTO found_row
		FROM pkint.matching_rows(relation, pkint.typed_keys(relation, ARRAY[key]), NULL, NULL, NULL, named => true) m;
	found_label := found_row.label;
	-- the same words for a row that is not there, is hidden, or is another unit's
	IF NOT officer AND NOT coalesce(pkint.readable_by(asker, found_label)
			AND pkint.originators(found_label) && pkint.release_units(asker), false) THEN
		PERFORM pkint.record_now('refusal', relation::text, detail => jsonb_build_object('what', asked, 'about', person));
		RAISE EXCEPTION '%', pkint.say('this is told to security officers and to the owner of a row that they may read')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Ask %s, or request access with pkint.request_access().',
				coalesce((SELECT string_agg(o::regrole::text, ', ' ORDER BY o::regrole::text) FROM unnest(pkint.duty_holders('security_officer')) o
					WHERE o <> asker), pkint.say('a security officer')));
	END IF;
	-- before it is told, and whatever becomes of the transaction
	PERFORM pkint.record_now(asked, relation::text, found_label, person, jsonb_build_object('key', key));
	IF found_label IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no row "%s" in "%s"', key, relation)
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('The key may be wrong, or the row may have been deleted.');
	END IF;
	RETURN found_row;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.row_asked_about(text, name, regclass, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.row_asked_about(text, name, regclass, text) IS
	'a row by its key, with its label, for those who may ask about it, and on record that they did: for security officers of any row, for release officers of its originators where they may read it; the same refusal for all others, whether or not the row exists';

CREATE FUNCTION pkint.explain_access(person name, relation regclass, key text)
	RETURNS TABLE (component text, holds boolean, detail text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 7 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	target oid := pkint.person_oid(person);
	found pkint.matching_row := pkint.row_asked_about('explain_access', person, relation, key);
BEGIN
	RETURN QUERY SELECT c.component, c.holds, c.detail FROM pkint.access_components(target, relation, found.key, found.label) c;
	RETURN QUERY SELECT 'may read', pkint.may_read_row(target, relation, found.key, found.label), found.label::text;
END
$$;
COMMENT ON FUNCTION pkint.explain_access(name, regclass, text) IS
	'why a person can, or cannot, read a row: privilege, clearance, level, caveats, audience, grants, one a line, and the outcome. For security officers, of any row, and for release officers of its originators who may read it themselves; all others get one and the same refusal. The asking goes on record. Example: SELECT * FROM pkint.explain_access(''awa'', ''mission.report'', ''4711'')';

CREATE FUNCTION pkint.who_can_read(relation regclass, key text) RETURNS TABLE (person name, because text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	found pkint.matching_row := pkint.row_asked_about('who_can_read', NULL, relation, key);
BEGIN
	RETURN QUERY SELECT r.rolname, CASE WHEN pkint.readable_by(r.oid, found.label) THEN pkint.say('clearance and unit') ELSE pkint.say('grant') END
		FROM (SELECT DISTINCT c.person FROM pkint.person_clearance c WHERE c.ended IS NULL) p
			JOIN pg_catalog.pg_roles r ON r.oid = p.person
		WHERE pkint.may_read_row(r.oid, relation, found.key, found.label) AND NOT r.rolsuper AND NOT r.rolbypassrls
		UNION ALL SELECT r.rolname, pkint.say('superuser') FROM pg_catalog.pg_roles r WHERE r.rolsuper
		UNION ALL SELECT r.rolname, 'BYPASSRLS' FROM pg_catalog.pg_roles r WHERE r.rolbypassrls AND NOT r.rolsuper
			AND has_any_column_privilege(r.oid, relation, 'SELECT')
		ORDER BY 2, 1;
END
$$;
COMMENT ON FUNCTION pkint.who_can_read(regclass, text) IS
	'everybody who can read a row now, and by what: clearance and unit, a grant, or because row security does not bind him. For the same people as pkint.explain_access(), and on record like it. Example: SELECT * FROM pkint.who_can_read(''mission.report'', ''4711'')';

-- --- who reads the record -----------------------------------------------------------------------------------

CREATE FUNCTION pkint.releases(label pkint.label) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100
	BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM pg_catalog.unnest(pkint.originators(label)) u WHERE pkint.has_duty('release_officer', u));
	END;
COMMENT ON FUNCTION pkint.releases(pkint.label) IS
	'is the one who decides now release officer of an originator of this label? Example: SELECT pkint.releases(''CONFIDENTIAL//REL JMAC'')';

ALTER TABLE pkint.audit_log ENABLE ROW LEVEL SECURITY;
-- auditors see who, when, how many and of which labels, and need no clearance for that; which rows, as their readers do
CREATE POLICY auditors ON pkint.audit_log FOR SELECT
	USING (pkint.has_duty('auditor') AND (pkint.entry_label(entry) IS NULL OR NOT pkint.entry_detail(entry) ? 'keys'
		OR pkint.can_read(pkint.entry_label(entry))));
CREATE POLICY owners ON pkint.audit_log FOR SELECT
	USING (pkint.entry_label(entry) IS NOT NULL AND pkint.can_read(pkint.entry_label(entry)) AND pkint.releases(pkint.entry_label(entry)));
GRANT SELECT ON pkint.audit_log, pkint.audit_entry TO PUBLIC;

-- By the text of the label: pg_upgrade makes these views before the operator class of labels.
CREATE VIEW pkint.readers WITH (security_invoker = true) AS
	SELECT e.relation, e.label::text::pkint.label AS label, e.person, e.login, pg_catalog.min(e.at) AS first_at, pg_catalog.max(e.at) AS last_at,
		pg_catalog.sum((e.detail ->> 'rows')::bigint) AS rows
	FROM pkint.audit_entry e WHERE e.kind IN ('intent', 'read')
	GROUP BY e.relation, e.label::text, e.person, e.login;
GRANT SELECT ON pkint.readers TO PUBLIC;
COMMENT ON VIEW pkint.readers IS
	'who did read rows of which table under which label, and when: for auditors, and for the release officers of the label''s originators. Rows are an upper bound. Example: SELECT * FROM pkint.readers WHERE relation = ''mission.report''';

CREATE VIEW pkint.row_readers WITH (security_invoker = true) AS
	SELECT e.relation, e.label::text::pkint.label AS label, k.key, e.person, e.login, pg_catalog.min(e.at) AS first_at, pg_catalog.max(e.at) AS last_at
	FROM pkint.audit_entry e CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(e.detail -> 'keys') k (key)
	WHERE e.kind = 'keys'
	GROUP BY e.relation, e.label::text, k.key, e.person, e.login;
GRANT SELECT ON pkint.row_readers TO PUBLIC;
COMMENT ON VIEW pkint.row_readers IS
	'who did read which row, by its key, and when, for rows whose label has a caveat that pkint.caveat marks record_keys: for auditors, and for the release officers of the label''s originators. Rows that passed the policy, an upper bound. Example: SELECT * FROM pkint.row_readers WHERE relation = ''hrd.case'' AND key = ''17''';
