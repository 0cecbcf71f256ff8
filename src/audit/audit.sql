-- src/audit/audit.sql: the record of decisions, refusals and disclosures.

CREATE TABLE pkint.audit_entry
(
	seq			bigint PRIMARY KEY,
	at			timestamptz NOT NULL,
	kind		text NOT NULL,
	person		name,
	person_oid	oid,
	login		name,
	relation	text,
	label		pkint.label,
	subject		name,
	detail		jsonb NOT NULL,
	keyed		boolean NOT NULL,
	hash		bytea NOT NULL
);
CREATE INDEX audit_entry_at ON pkint.audit_entry (at);
COMMENT ON TABLE pkint.audit_entry IS
	'the record: each entry is tied to the one before it by a hash, keyed where the server has a key. An auditor reads what his clearance covers; pkint.verify_audit() finds any change';
COMMENT ON COLUMN pkint.audit_entry.kind IS
	'read: rows that passed the policy, an upper bound of what was disclosed; intent: first disclosure of a label to a session, on disk before the row left; refusal; damage: spool bytes that could not be read; and one kind for each decision';
COMMENT ON COLUMN pkint.audit_entry.label IS 'label of what was disclosed or decided on: who may not read that may not read the entry';
COMMENT ON COLUMN pkint.audit_entry.subject IS 'for whom or about whom it was decided';
COMMENT ON COLUMN pkint.audit_entry.keyed IS 'the hash is keyed: nobody without the server''s key can have made it';
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_entry', '');

CREATE SEQUENCE pkint.audit_inbox_id;
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_inbox_id', '');
COMMENT ON SEQUENCE pkint.audit_inbox_id IS 'numbers of pkint.audit_inbox';

CREATE TABLE pkint.audit_inbox
(
	id			bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.audit_inbox_id'),
	entry		jsonb NOT NULL
);
COMMENT ON TABLE pkint.audit_inbox IS
	'decisions on their way into pkint.audit_entry: written by the transaction that decides, taken out by the loader within a second';
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_inbox', '');

CREATE TABLE pkint.audit_position
(
	segment		bigint PRIMARY KEY,
	loaded		bigint NOT NULL
);
COMMENT ON TABLE pkint.audit_position IS
	'how far the files of the spool are loaded; a row goes when its file is gone. Not dumped: it belongs to this server''s files';

-- --- into the record ------------------------------------------------------------------

CREATE FUNCTION pkint.audit_hash(previous bytea, fields text[], keyed boolean) RETURNS bytea
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100
	AS 'MODULE_PATHNAME', 'pkint_audit_hash';
REVOKE EXECUTE ON FUNCTION pkint.audit_hash(bytea, text[], boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.audit_hash(bytea, text[], boolean) IS
	'SHA-256 over the previous hash and the fields, each with its length before it; HMAC-SHA-256 where keyed';

CREATE FUNCTION pkint.audit_keyed() RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_audit_keyed';
COMMENT ON FUNCTION pkint.audit_keyed() IS
	'does the server have a key for the hashes of the record? Example: SELECT pkint.audit_keyed()';

CREATE FUNCTION pkint.loader_runs() RETURNS boolean
	LANGUAGE C VOLATILE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_loader_runs';
COMMENT ON FUNCTION pkint.loader_runs() IS
	'does the background process that loads the record run? Example: SELECT pkint.loader_runs()';

CREATE FUNCTION pkint.spool_rotate() RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_spool_rotate_sql';
REVOKE EXECUTE ON FUNCTION pkint.spool_rotate() FROM PUBLIC;
COMMENT ON FUNCTION pkint.spool_rotate() IS 'lets what was spooled so far be loaded';

CREATE FUNCTION pkint.spool_files(OUT segment bigint, OUT bytes bigint) RETURNS SETOF record
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10
	AS 'MODULE_PATHNAME', 'pkint_spool_files';
REVOKE EXECUTE ON FUNCTION pkint.spool_files() FROM PUBLIC;
COMMENT ON FUNCTION pkint.spool_files() IS 'spool files of this database that nobody writes to any more, with their sizes in bytes';

CREATE FUNCTION pkint.spool_entries(segment bigint, from_byte bigint, OUT at_byte bigint, OUT entry text, OUT damaged bigint)
	RETURNS SETOF record
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000 ROWS 1000
	AS 'MODULE_PATHNAME', 'pkint_spool_entries';
REVOKE EXECUTE ON FUNCTION pkint.spool_entries(bigint, bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.spool_entries(bigint, bigint) IS
	'entries of a spool file, and how many bytes before one could not be read';

CREATE FUNCTION pkint.record(kind text, relation text DEFAULT NULL, label pkint.label DEFAULT NULL,
	subject name DEFAULT NULL, detail jsonb DEFAULT '{}') RETURNS void
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_record';
REVOKE EXECUTE ON FUNCTION pkint.record(text, text, pkint.label, name, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION pkint.record(text, text, pkint.label, name, jsonb) IS
	'puts a decision on record, with the transaction that takes it: kind, table, label of what it is about, for whom, anything else. For SECURITY DEFINER functions of the extension. Example: SELECT pkint.record(''reveal'', subject => ''awa'', detail => ''{"id": 7}'')';

CREATE FUNCTION pkint.record_now(kind text, relation text DEFAULT NULL, label pkint.label DEFAULT NULL,
	subject name DEFAULT NULL, detail jsonb DEFAULT '{}') RETURNS void
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_record_now';
REVOKE EXECUTE ON FUNCTION pkint.record_now(text, text, pkint.label, name, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_now(text, text, pkint.label, name, jsonb) IS
	'the same, on disk before it returns and whatever becomes of the transaction: for what must be on record before it is disclosed';

CREATE FUNCTION pkint.chain_entry(entry jsonb) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	last pkint.audit_entry := (SELECT e FROM pkint.audit_entry e ORDER BY e.seq DESC LIMIT 1);
	fresh pkint.audit_entry;
BEGIN
	fresh.seq := coalesce(last.seq, 0) + 1;
	fresh.at := 'epoch'::timestamptz + ((entry ->> 'at')::bigint + 946684800000000) * interval '1 microsecond';
	fresh.kind := entry ->> 'kind';
	-- a refusal that was noted while an error went up has numbers only
	fresh.person := coalesce(entry ->> 'person', (SELECT r.rolname FROM pg_roles r WHERE r.oid = (entry ->> 'person_oid')::oid AND entry ? 'login_oid'));
	fresh.person_oid := (entry ->> 'person_oid')::bigint::oid;
	fresh.login := coalesce(entry ->> 'login', (SELECT r.rolname FROM pg_roles r WHERE r.oid = (entry ->> 'login_oid')::oid));
	fresh.relation := coalesce(entry ->> 'relation', (SELECT format('%I.%I', n.nspname, c.relname)
		FROM jsonb_array_elements_text(entry -> 'relids') WITH ORDINALITY k (relid, nth)
			JOIN pg_class c ON c.oid = k.relid::oid JOIN pg_namespace n ON n.oid = c.relnamespace
		ORDER BY c.relrowsecurity DESC, k.nth LIMIT 1));
	fresh.label := (entry ->> 'label')::pkint.label;
	fresh.subject := entry ->> 'subject';
	fresh.detail := (entry - '{at,kind,person,person_oid,login,login_oid,relation,relids,label,subject,detail}'::text[])
		|| coalesce(entry -> 'detail', '{}');
	fresh.keyed := pkint.audit_keyed();
	fresh.hash := pkint.audit_hash(coalesce(last.hash, '\x'), pkint.audit_fields(fresh), fresh.keyed);
	INSERT INTO pkint.audit_entry SELECT fresh.*;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.chain_entry(jsonb) FROM PUBLIC;
COMMENT ON FUNCTION pkint.chain_entry(jsonb) IS 'appends one entry to the record; the caller holds the lock';

CREATE FUNCTION pkint.audit_fields(e pkint.audit_entry) RETURNS text[]
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT ARRAY[e.seq::text, extract(epoch FROM e.at)::text, e.kind, e.person::text, e.person_oid::text, e.login::text,
		e.relation, e.label::text, e.subject::text, e.detail::text, e.keyed::text];
	END;
REVOKE EXECUTE ON FUNCTION pkint.audit_fields(pkint.audit_entry) FROM PUBLIC;
COMMENT ON FUNCTION pkint.audit_fields(pkint.audit_entry) IS 'what is hashed of an entry, in order';

CREATE FUNCTION pkint.require_auditor() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- how long the record is tells when others read
	IF NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = pkint.calling_role()) THEN
		PERFORM pkint.require_duty('auditor');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.require_auditor() FROM PUBLIC;
COMMENT ON FUNCTION pkint.require_auditor() IS 'raises insufficient_privilege for whoever is neither an auditor nor a superuser';

CREATE FUNCTION pkint.take_in_record() RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	waiting record;
	file record;
	entries bigint := 0;
BEGIN
	LOCK TABLE pkint.audit_position IN EXCLUSIVE MODE;
	PERFORM pkint.spool_rotate();
	FOR file IN SELECT f.segment, f.bytes, coalesce(p.loaded, 0) AS loaded
		FROM pkint.spool_files() f LEFT JOIN pkint.audit_position p USING (segment)
		WHERE f.bytes > coalesce(p.loaded, 0) ORDER BY f.segment
	LOOP
		FOR waiting IN SELECT s.entry, s.damaged FROM pkint.spool_entries(file.segment, file.loaded) s
			WHERE s.entry IS DISTINCT FROM '{"kind":"tick"}'
		LOOP
			PERFORM pkint.chain_entry(coalesce(waiting.entry::jsonb,
				jsonb_build_object('kind', 'damage', 'bytes', waiting.damaged, 'at',
					(extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 946684800000000)));
			entries := entries + 1;
		END LOOP;
		INSERT INTO pkint.audit_position AS p VALUES (file.segment, file.bytes)
			ON CONFLICT (segment) DO UPDATE SET loaded = EXCLUDED.loaded;
	END LOOP;
	FOR waiting IN DELETE FROM pkint.audit_inbox i RETURNING i.id, i.entry LOOP
		PERFORM pkint.chain_entry(waiting.entry);
		entries := entries + 1;
	END LOOP;
	RETURN entries;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.take_in_record() FROM PUBLIC;
COMMENT ON FUNCTION pkint.take_in_record() IS 'what the loader does: everything that waits goes into the record; how many entries that was';

CREATE FUNCTION pkint.load_record() RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_auditor();
	RETURN pkint.take_in_record();
END
$$;
COMMENT ON FUNCTION pkint.load_record() IS
	'for auditors and superusers: brings the record up to date now, which the loader otherwise does within a second: how many entries were added. Example: SELECT pkint.load_record()';

-- --- is it whole? ----------------------------------------------------------------------

CREATE FUNCTION pkint.verify_audit(known_seq bigint DEFAULT NULL, known_hash bytea DEFAULT NULL)
	RETURNS TABLE (seq bigint, problem text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	e pkint.audit_entry;
	previous bytea := '\x'::bytea;
	expected bigint := 1;
	was_keyed boolean := false;
	have_key boolean := pkint.audit_keyed();
BEGIN
	PERFORM pkint.require_auditor();
	FOR e IN SELECT * FROM pkint.audit_entry a ORDER BY a.seq LOOP
		IF e.seq <> expected THEN
			RETURN QUERY SELECT expected, pkint.say('entries %s to %s are missing', expected, e.seq - 1);
		END IF;
		IF was_keyed AND NOT e.keyed THEN
			RETURN QUERY SELECT e.seq, pkint.say('the hash of this entry is not keyed, though that of an earlier one is');
		END IF;
		IF e.keyed AND NOT have_key THEN
			RETURN QUERY SELECT e.seq, pkint.say('from this entry on the hashes are keyed, and this server does not have the key');
			RETURN;
		END IF;
		IF pkint.audit_hash(previous, pkint.audit_fields(e), e.keyed) <> e.hash THEN
			RETURN QUERY SELECT e.seq, pkint.say('the entry, or one before it, is not as it was written');
		END IF;
		IF e.seq = known_seq AND e.hash IS DISTINCT FROM known_hash THEN
			RETURN QUERY SELECT e.seq, pkint.say('the hash is not the one that was noted down');
		END IF;
		previous := e.hash;
		expected := e.seq + 1;
		was_keyed := was_keyed OR e.keyed;
	END LOOP;
	IF known_seq >= expected THEN
		RETURN QUERY SELECT expected, pkint.say('the record ends before entry %s, which was noted down', known_seq);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.verify_audit(bigint, bytea) IS
	'for auditors and superusers: goes through the whole record and returns a row for each change, removal or reordering that it finds; none if it is whole. That its end was cut off is seen only against a number and hash noted down elsewhere, as pkint.audit_head() gives them. Example: SELECT * FROM pkint.verify_audit()';

CREATE FUNCTION pkint.audit_head(OUT seq bigint, OUT hash bytea) RETURNS record
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_auditor();
	SELECT e.seq, e.hash INTO seq, hash FROM pkint.audit_entry e ORDER BY e.seq DESC LIMIT 1;
END
$$;
COMMENT ON FUNCTION pkint.audit_head() IS
	'for auditors and superusers: number and hash of the last entry, to be noted down outside the server now and then. Example: SELECT * FROM pkint.audit_head()';
