-- src/protect/passing.sql: what the policies and triggers of protected tables call.

CREATE FUNCTION pkint.can_read_support(internal) RETURNS internal
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_can_read_support';
COMMENT ON FUNCTION pkint.can_read_support(internal) IS
	'tells the planner which part of the rows can_read() lets pass, and that an index on the label can find them';

CREATE FUNCTION pkint.can_read(label pkint.label) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1 SUPPORT pkint.can_read_support
	AS 'MODULE_PATHNAME', 'pkint_can_read';
COMMENT ON FUNCTION pkint.can_read(pkint.label) IS
	'may the reading person (current_user) read a row with this label, by clearance and units as they are now? False for NULL and for people without a valid clearance. Raises object_not_in_prerequisite_state where the server was started without pkint. Example: SELECT pkint.can_read(''UNCLASSIFIED//REL ALL'')';

CREATE FUNCTION pkint.can_read(label pkint.label, relation regclass) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1 SUPPORT pkint.can_read_support
	AS 'MODULE_PATHNAME', 'pkint_can_read';
COMMENT ON FUNCTION pkint.can_read(pkint.label, regclass) IS
	'the same, as the policies of a protected table ask it: the record of disclosures names the table. Example: CREATE POLICY p ON t USING (pkint.can_read(label, ''t''::regclass))';

CREATE FUNCTION pkint.can_read(label pkint.label, relation regclass, key anyelement) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1 SUPPORT pkint.can_read_support
	AS 'MODULE_PATHNAME', 'pkint_can_read';
COMMENT ON FUNCTION pkint.can_read(pkint.label, regclass, anyelement) IS
	'the same with the row''s key, which goes on record where the label has a caveat that pkint.caveat marks record_keys. Example: CREATE POLICY p ON t USING (pkint.can_read(label, ''t''::regclass, id))';

CREATE FUNCTION pkint.granted_support(internal) RETURNS internal
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_granted_support';
COMMENT ON FUNCTION pkint.granted_support(internal) IS
	'tells the planner that few rows are granted, and that an index on the key can find them';

CREATE FUNCTION pkint.granted(relation regclass, key anyelement, label pkint.label) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 2 SUPPORT pkint.granted_support
	AS 'MODULE_PATHNAME', 'pkint_granted';
COMMENT ON FUNCTION pkint.granted(regclass, anyelement, pkint.label) IS
	'has this row been opened to the reading person, or to one of his units, by a grant, an offer or a share order that holds now? Level and caveats bind all the same, but that a share order stands in for them up to its ceiling; what lies above a ceiling is opened to nobody. Example: SELECT pkint.granted(''mission.report'', 17, ''CONFIDENTIAL//REL HRD'')';

CREATE FUNCTION pkint.granted_keys(relation regclass, sample anyelement) RETURNS anyarray
	LANGUAGE C STABLE PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_granted_keys';
COMMENT ON FUNCTION pkint.granted_keys(regclass, anyelement) IS
	'keys of a table''s rows that have been opened to the reading person, in the type of the sample, which may be null. Example: SELECT pkint.granted_keys(''mission.report'', NULL::bigint)';

CREATE FUNCTION pkint.at_execution() RETURNS record
	LANGUAGE C STABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_at_execution';
COMMENT ON FUNCTION pkint.at_execution() IS
	'nothing, of a type for which the planner does not ask: an argument that keeps it from calling a function for its estimates';

CREATE FUNCTION pkint.granted_keys(relation regclass, sample anyelement, late record) RETURNS anyarray
	LANGUAGE C STABLE PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_granted_keys';
COMMENT ON FUNCTION pkint.granted_keys(regclass, anyelement, record) IS
	'the same, as an index of a protected table is asked: with pkint.at_execution() the keys are looked up when the query runs and not when it is planned';

-- --- labels that are stored ------------------------------------------------------

CREATE FUNCTION pkint.check_vocabulary(label pkint.label) RETURNS void
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_check_vocabulary';
COMMENT ON FUNCTION pkint.check_vocabulary(pkint.label) IS
	'raises check_violation where a label names a caveat or a unit that the mission does not have, or no originator. Example: SELECT pkint.check_vocabulary(label) FROM arrivals';

CREATE FUNCTION pkint.label_stored() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_label_stored';
COMMENT ON FUNCTION pkint.label_stored() IS
	'row trigger of protected tables: checks the label that was stored against the vocabulary, and notes the row for share orders and agreements, which it may come under or leave when the transaction commits. The argument is the label''s column';

CREATE FUNCTION pkint.label_kept() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_label_kept';
COMMENT ON FUNCTION pkint.label_kept() IS
	'row trigger of protected tables: refuses to change a label by UPDATE; pkint.relabel() does that. The argument is the label''s column';
