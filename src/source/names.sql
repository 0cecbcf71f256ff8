-- src/source/names.sql: the blind index of names, and redaction

CREATE TABLE pkint.source_word
(
	hash			bigint PRIMARY KEY
);
COMMENT ON TABLE pkint.source_word IS
'Keyed hashes of the forms in which any source of the mission may be named; no hash tells whose it is. The key is made of the root key and of the keyring.';

CREATE TABLE pkint.source_name
(
	unit			text NOT NULL,
	hash			bigint NOT NULL,
	code			pkint.source_code NOT NULL,
	PRIMARY KEY (unit, hash, code)
);
COMMENT ON TABLE pkint.source_name IS
'Keyed hashes of the forms in which a unit''s source may be named, with his code; the key differs by unit and epoch, so that two units'' hashes of one name have nothing in common.';

CREATE TABLE pkint.spent_leaf
(
	leaf			integer PRIMARY KEY
);
COMMENT ON TABLE pkint.spent_leaf IS
'Leaves of the keyring that earlier indexes of names used; they are punctured with the next forgetting.';

SELECT pg_catalog.pg_extension_config_dump('pkint.source_word', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source_name', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.spent_leaf', '');

CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.source_word
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.source_word ENABLE ALWAYS TRIGGER policy_changed;

CREATE FUNCTION pkint.redact(narrative text, unit text) RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_redact'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.redact(text, text) IS
'A narrative in which the names of registered sources are replaced by their codes of this unit, or by [source] for sources that the unit does not have. Names are found in any script, in the spellings that share their consonants, in one to four words. Only custodians of the unit, since a free text could be used to try names; readers get narratives through pkint.redacted(). Example: SELECT pkint.redact(narrative, ''JMAC'') FROM draft;';

CREATE FUNCTION pkint.rebuild_name_index() RETURNS void
	AS 'MODULE_PATHNAME', 'pkint_rebuild_name_index'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION pkint.rebuild_name_index() FROM PUBLIC;
COMMENT ON FUNCTION pkint.rebuild_name_index() IS
'Makes the index of names anew from the vault, under a fresh key. Needed only where the keyring was put back from a copy. Example: SELECT pkint.rebuild_name_index();';

CREATE FUNCTION pkint.redacted(relation regclass, key text, column_name name DEFAULT 'narrative') RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_redacted'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION pkint.redacted(regclass, text, name) IS
'The text of a row that the caller may read, with the names of sources replaced by the codes of the unit that he belongs to, or by [source]. The column itself need not be granted to him; NULL for a row that he may not read. For views over protected tables, so that nobody redacts by hand. Example: SELECT id, title, pkint.redacted(''mission.report'', id::text) AS narrative FROM mission.report;';

CREATE FUNCTION pkint.reporter_code(unit text, reporter text) RETURNS pkint.source_code
	AS 'MODULE_PATHNAME', 'pkint_reporter_code'
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 10;
COMMENT ON FUNCTION pkint.reporter_code(text, text) IS
'Pseudonym of a reporter for one unit, the same every time for the same spelling (R83). For custodians of the unit, who mask a column of names with it before a table is shared. Example: UPDATE staging SET reporter = pkint.reporter_code(''JMAC'', reporter)::text;';
