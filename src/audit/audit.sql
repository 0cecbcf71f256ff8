-- src/audit/audit.sql: the record of decisions, refusals and disclosures.

-- --- what an entry says -----------------------------------------------------------------
-- The record keeps the bytes that were written; these functions answer for any bytes.

CREATE FUNCTION pkint.entry_at(entry bytea) RETURNS timestamptz
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_at';
COMMENT ON FUNCTION pkint.entry_at(bytea) IS 'when an entry of the record was written';

CREATE FUNCTION pkint.entry_kind(entry bytea) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_kind';
COMMENT ON FUNCTION pkint.entry_kind(bytea) IS 'the kind of an entry of the record; "unreadable" for bytes that are no entry';

CREATE FUNCTION pkint.entry_person(entry bytea) RETURNS name
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_person';
COMMENT ON FUNCTION pkint.entry_person(bytea) IS 'who acted, read or was refused';

CREATE FUNCTION pkint.entry_person_oid(entry bytea) RETURNS oid
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_person_oid';
COMMENT ON FUNCTION pkint.entry_person_oid(bytea) IS 'the number that their role had';

CREATE FUNCTION pkint.entry_login(entry bytea) RETURNS name
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_login';
COMMENT ON FUNCTION pkint.entry_login(bytea) IS 'who had proved who they are when they connected';

CREATE FUNCTION pkint.entry_session(entry bytea) RETURNS name
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_session';
COMMENT ON FUNCTION pkint.entry_session(bytea) IS 'as whom they acted after SET SESSION AUTHORIZATION';

CREATE FUNCTION pkint.entry_role(entry bytea) RETURNS name
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_role';
COMMENT ON FUNCTION pkint.entry_role(bytea) IS 'in which role they acted after SET ROLE';

CREATE FUNCTION pkint.entry_relation(entry bytea) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_relation';
COMMENT ON FUNCTION pkint.entry_relation(bytea) IS 'the table that an entry is about, by the name that it had';

CREATE FUNCTION pkint.entry_label(entry bytea) RETURNS pkint.label
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_label';
COMMENT ON FUNCTION pkint.entry_label(bytea) IS 'the label of what was disclosed or decided on; NULL if there is none, or none that can be read';

CREATE FUNCTION pkint.entry_subject(entry bytea) RETURNS name
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_subject';
COMMENT ON FUNCTION pkint.entry_subject(bytea) IS 'for whom or about whom it was decided';

CREATE FUNCTION pkint.entry_detail(entry bytea) RETURNS jsonb
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_entry_detail';
COMMENT ON FUNCTION pkint.entry_detail(bytea) IS 'all else that an entry says; what cannot be read stands there as "unreadable"';

CREATE FUNCTION pkint.entry_keyed(entry bytea) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_entry_keyed';
COMMENT ON FUNCTION pkint.entry_keyed(bytea) IS 'is the entry sealed with a key of the server?';

CREATE FUNCTION pkint.entry_hash(entry bytea) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_entry_hash';
COMMENT ON FUNCTION pkint.entry_hash(bytea) IS 'the leaf of an entry in the record''s tree, as RFC 6962 has it: SHA-256 over a byte 0 and the entry. It takes no key';

-- --- the record -------------------------------------------------------------------------------

CREATE TABLE pkint.audit_log
(
	seq			bigint PRIMARY KEY,
	entry		bytea NOT NULL
);
ALTER TABLE pkint.audit_log ALTER COLUMN entry SET STORAGE MAIN;
CREATE INDEX audit_log_at ON pkint.audit_log (pkint.entry_at(entry));
CREATE INDEX audit_log_finding ON pkint.audit_log (seq) WHERE pkint.entry_kind(entry) = 'finding';
COMMENT ON TABLE pkint.audit_log IS
	'the record as it is kept: entries as the bytes that were written, each with a seal, in the order in which they came in. pkint.audit_entry shows what they say';
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_log', '');

CREATE VIEW pkint.audit_entry WITH (security_invoker = true) AS
	SELECT l.seq, pkint.entry_at(l.entry) AS at, pkint.entry_kind(l.entry) AS kind,
		pkint.entry_person(l.entry) AS person, pkint.entry_person_oid(l.entry) AS person_oid,
		pkint.entry_login(l.entry) AS login, pkint.entry_relation(l.entry) AS relation,
		pkint.entry_label(l.entry) AS label, pkint.entry_subject(l.entry) AS subject,
		pkint.entry_detail(l.entry) AS detail, pkint.entry_keyed(l.entry) AS keyed,
		pkint.entry_hash(l.entry) AS hash
	FROM pkint.audit_log l;
COMMENT ON VIEW pkint.audit_entry IS
	'the record: who decided what, who was refused, who read what. Each entry is sealed, and each batch of them is closed by a head that holds all before it together; pkint.verify_audit() finds any change';
COMMENT ON COLUMN pkint.audit_entry.kind IS
	'read: rows that passed the policy, an upper bound of what was disclosed; intent: first disclosure of a label to a session, on disk before the row left; refusal; damage: bytes of the spool that could not be read; finding: what the loader found amiss; unreadable: bytes that are no entry; and one kind for each decision';
COMMENT ON COLUMN pkint.audit_entry.person IS 'who acted, read or was refused: a token''s person, or the role acted in';
COMMENT ON COLUMN pkint.audit_entry.login IS 'who had proved who they are when they connected, whatever they became afterwards; detail has "session" and "role" where these were others';
COMMENT ON COLUMN pkint.audit_entry.label IS 'label of what was disclosed or decided on: who may not read that may not read the entry';
COMMENT ON COLUMN pkint.audit_entry.subject IS 'for whom or about whom it was decided';
COMMENT ON COLUMN pkint.audit_entry.keyed IS 'the seal is keyed: nobody without the server''s key can have made it';
COMMENT ON COLUMN pkint.audit_entry.hash IS 'the leaf of the entry in the record''s tree';

CREATE TABLE pkint.audit_tree_head
(
	size		bigint PRIMARY KEY,
	head		bytea NOT NULL
);
COMMENT ON TABLE pkint.audit_tree_head IS
	'heads of the record: after so many entries, the root of the Merkle tree over all of them, sealed by the loader';
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_tree_head', '');

CREATE TABLE pkint.audit_node
(
	level		smallint NOT NULL,
	index		bigint NOT NULL,
	hash		bytea NOT NULL,
	PRIMARY KEY (level, index)
);
COMMENT ON TABLE pkint.audit_node IS
	'roots of full subtrees of the record''s tree, of 256 entries, 65,536 and so on, so that not every entry need be read again; what they say is checked against the heads';
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_node', '');

CREATE SEQUENCE pkint.audit_inbox_id;
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_inbox_id', '');
COMMENT ON SEQUENCE pkint.audit_inbox_id IS 'numbers of pkint.audit_inbox';

CREATE TABLE pkint.audit_inbox
(
	id			bigint PRIMARY KEY,
	entry		bytea NOT NULL
);
COMMENT ON TABLE pkint.audit_inbox IS
	'decisions on their way into the record: written by the transaction that decides, sealed by pkint for its number and that transaction, taken out by the loader within a second';
SELECT pg_catalog.pg_extension_config_dump('pkint.audit_inbox', '');

CREATE TABLE pkint.audit_early
(
	id			bigint PRIMARY KEY
);
COMMENT ON TABLE pkint.audit_early IS
	'numbers of decisions that were taken out of pkint.audit_inbox before the note of their commit came. Not dumped: it belongs to this server''s files';

CREATE TABLE pkint.audit_position
(
	database	oid NOT NULL,
	stream		bigint NOT NULL,
	nonce		bigint NOT NULL,
	loaded		bigint NOT NULL,
	removed		bigint NOT NULL,
	at_byte		bigint NOT NULL,
	begins		bigint,
	PRIMARY KEY (database, stream, nonce)
);
COMMENT ON TABLE pkint.audit_position IS
	'for each run of the server that has written files of the spool: up to which number they are in the record, and how far in the next. Not dumped: it belongs to this server''s files';
COMMENT ON COLUMN pkint.audit_position.begins IS 'files up to this number were there before pkint was installed here';

-- --- into the record ------------------------------------------------------------------

CREATE FUNCTION pkint.audit_keyed() RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_audit_keyed';
COMMENT ON FUNCTION pkint.audit_keyed() IS
	'does the server have a key for the seals of the record? Example: SELECT pkint.audit_keyed()';

CREATE FUNCTION pkint.loader_runs() RETURNS boolean
	LANGUAGE C VOLATILE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_loader_runs';
COMMENT ON FUNCTION pkint.loader_runs() IS
	'does the background process that loads the record run? Example: SELECT pkint.loader_runs()';

CREATE FUNCTION pkint.record_state(OUT waiting bigint, OUT since timestamptz, OUT trouble text, OUT aside bigint) RETURNS record
	LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED COST 100
	AS 'MODULE_PATHNAME', 'pkint_record_state';
REVOKE EXECUTE ON FUNCTION pkint.record_state() FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_state() IS
	'bytes of this database''s record that wait for the loader, since when, what stands in its way, and how many files were put aside';

CREATE FUNCTION pkint.record_begins() RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_record_begins';
REVOKE EXECUTE ON FUNCTION pkint.record_begins() FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_begins() IS 'for the installation: files that were spooled in this database before belong to a record that is gone';
SELECT pkint.record_begins();

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

CREATE FUNCTION pkint.recent_record(kind text, since timestamptz) RETURNS SETOF bytea
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000 ROWS 100
	AS 'MODULE_PATHNAME', 'pkint_recent_record';
REVOKE EXECUTE ON FUNCTION pkint.recent_record(text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pkint.recent_record(text, timestamptz) IS
	'entries of a kind, loaded or still waiting, as bytes; one may come twice. It neither waits for the loader nor holds it up';

CREATE FUNCTION pkint.load_now() RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000
	AS 'MODULE_PATHNAME', 'pkint_load_now';
REVOKE EXECUTE ON FUNCTION pkint.load_now() FROM PUBLIC;
COMMENT ON FUNCTION pkint.load_now() IS 'has the loader of this database come, and waits until it is done';

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
COMMENT ON FUNCTION pkint.require_auditor() IS 'raises insufficient_privilege for anybody who is neither an auditor nor a superuser';

CREATE FUNCTION pkint.load_record() RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	before bigint;
BEGIN
	PERFORM pkint.require_auditor();
	before := (SELECT coalesce(max(l.seq), 0) FROM pkint.audit_log l);
	PERFORM pkint.load_now();
	RETURN (SELECT coalesce(max(l.seq), 0) FROM pkint.audit_log l) - before;
END
$$;
COMMENT ON FUNCTION pkint.load_record() IS
	'for auditors and superusers: brings the record up to date now, which the loader otherwise does within a second, and tells how many entries were added. What a transaction has not committed is not there yet. Example: SELECT pkint.load_record()';

-- --- is it whole? ----------------------------------------------------------------------

CREATE FUNCTION pkint.record_problems(known_seq bigint, known_hash bytea, OUT seq bigint, OUT problem text) RETURNS SETOF record
	LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 10
	AS 'MODULE_PATHNAME', 'pkint_record_problems';
REVOKE EXECUTE ON FUNCTION pkint.record_problems(bigint, bytea) FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_problems(bigint, bytea) IS 'what is not as it was written; see pkint.verify_audit()';

CREATE FUNCTION pkint.verify_audit(known_seq bigint DEFAULT NULL, known_hash bytea DEFAULT NULL)
	RETURNS TABLE (seq bigint, problem text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_auditor();
	RETURN QUERY SELECT p.seq, p.problem FROM pkint.record_problems(known_seq, known_hash) p;
END
$$;
COMMENT ON FUNCTION pkint.verify_audit(bigint, bytea) IS
	'for auditors and superusers: goes through the whole record and returns a row for each change, removal, reordering or forgery that it finds, and for what the loader found missing; none if it is whole. That its end was cut off, heads and all, is seen only against a number and hash noted down elsewhere, as pkint.audit_head() gives them. Example: SELECT * FROM pkint.verify_audit()';

CREATE FUNCTION pkint.record_head(head bytea, OUT size bigint, OUT root bytea, OUT at timestamptz) RETURNS record
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_record_head';
COMMENT ON FUNCTION pkint.record_head(bytea) IS 'what a head of the record says: number of entries, root of the tree over them, when it was made';

CREATE FUNCTION pkint.audit_head(OUT seq bigint, OUT hash bytea) RETURNS record
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_auditor();
	SELECT h.size, h.root INTO seq, hash FROM pkint.audit_tree_head t, pkint.record_head(t.head) h ORDER BY t.size DESC LIMIT 1;
END
$$;
COMMENT ON FUNCTION pkint.audit_head() IS
	'for auditors and superusers: number of the last entry and the root of the tree over all up to it, to be noted down outside the server now and then. Example: SELECT * FROM pkint.audit_head()';

CREATE FUNCTION pkint.record_faults(OUT severity text, OUT object text, OUT problem text, OUT remedy text) RETURNS SETOF record
	LANGUAGE sql VOLATILE PARALLEL RESTRICTED COST 10000 ROWS 5
	BEGIN ATOMIC
	WITH s AS MATERIALIZED (SELECT r.waiting, r.since, r.trouble, r.aside FROM pkint.record_state() r)
	SELECT 'medium', 'record', pkint.say('the record is not keyed: whoever writes to the table can make one that verifies'),
			pkint.say('Give the server a root key: see the page on keys') WHERE NOT pkint.audit_keyed()
	UNION ALL
	SELECT 'high', 'record', pkint.say('the loader of the record does not run; readers will be refused when the spool is full'),
			pkint.say('Look for "pkint record" in the server''s log, and restart the server')
		WHERE NOT pkint.loader_runs() AND NOT pg_catalog.pg_is_in_recovery()
	UNION ALL
	SELECT 'high', 'record', pkint.say('the record stands still: %s bytes wait since %s', s.waiting, s.since),
			pkint.say('Look for "pkint record loader" in the server''s log; nobody may hold a lock on the tables of the record')
		FROM s WHERE s.since < pg_catalog.clock_timestamp() - interval '30 seconds' AND NOT pg_catalog.pg_is_in_recovery()
	UNION ALL
	SELECT 'high', 'record', pkint.say('no background worker is free to load the record'), pkint.say('Raise max_worker_processes, and restart the server')
		FROM s WHERE s.trouble = 'no worker'
	UNION ALL
	SELECT 'high', 'record', pkint.say('files of the record wait for a root key that is not here'),
			pkint.say('Put that key into pkint.key_file, behind the one in force, and restart the server')
		FROM s WHERE s.trouble = 'no key'
	UNION ALL
	SELECT 'medium', 'record', pkint.say('%s files of the record''s spool were put aside, and nobody has taken them in', s.aside),
			pkint.say('See pkint_spool_aside in the data directory, and the server''s log; remove what is explained')
		FROM s WHERE s.aside > 0
	UNION ALL
	SELECT 'high', 'record', pkint.say('%s findings in the record of the last 30 days, the last: %s', count(*), pg_catalog.max(pkint.entry_detail(l.entry) ->> 'reason')),
			'SELECT * FROM pkint.audit_entry WHERE kind = ''finding'''
		FROM pkint.audit_log l WHERE pkint.entry_at(l.entry) > pg_catalog.clock_timestamp() - interval '30 days'
			AND pkint.entry_kind(l.entry) = 'finding' HAVING count(*) > 0;
	END;
REVOKE EXECUTE ON FUNCTION pkint.record_faults() FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_faults() IS 'what keeps the record from being kept, a line each; a part of pkint.check_protection() shows it';
