-- src/label/label_index.sql: GIN and BRIN operator classes for labels.

CREATE FUNCTION pkint.label_gin_extract_value(pkint.label, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_gin_extract_value';
COMMENT ON FUNCTION pkint.label_gin_extract_value(pkint.label, internal) IS
	'GIN support: the key of a row is its whole label';

CREATE FUNCTION pkint.label_gin_extract_query(pkint.label, internal, smallint, internal, internal, internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_gin_extract_query';
COMMENT ON FUNCTION pkint.label_gin_extract_query(pkint.label, internal, smallint, internal, internal, internal, internal) IS
	'GIN support: where to look for a clearance or a label';

CREATE FUNCTION pkint.label_gin_compare_partial(pkint.label, pkint.label, smallint, internal) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_gin_compare_partial';
COMMENT ON FUNCTION pkint.label_gin_compare_partial(pkint.label, pkint.label, smallint, internal) IS
	'GIN support: does this label of the index match, or may a later one?';

CREATE FUNCTION pkint.label_gin_consistent(internal, smallint, pkint.label, integer, internal, internal, internal, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_gin_consistent';
COMMENT ON FUNCTION pkint.label_gin_consistent(internal, smallint, pkint.label, integer, internal, internal, internal, internal) IS
	'GIN support: is a row a match, and must it be checked in the table?';

CREATE FUNCTION pkint.label_gin_triconsistent(internal, smallint, pkint.label, integer, internal, internal, internal) RETURNS "char"
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_gin_triconsistent';
COMMENT ON FUNCTION pkint.label_gin_triconsistent(internal, smallint, pkint.label, integer, internal, internal, internal) IS
	'GIN support: the same where it is not known of every key';

CREATE OPERATOR CLASS pkint.label_gin_ops DEFAULT FOR TYPE pkint.label USING gin AS
	OPERATOR 1 pkint.<@ (pkint.label, pkint.clearance),
	OPERATOR 2 pkint.= (pkint.label, pkint.label),
	OPERATOR 3 pkint.<@ (pkint.label, pkint.label),
	OPERATOR 4 pkint.@> (pkint.label, pkint.label),
	FUNCTION 1 (pkint.label, pkint.label) pkint.label_cmp(pkint.label, pkint.label),
	FUNCTION 2 (pkint.label, pkint.label) pkint.label_gin_extract_value(pkint.label, internal),
	FUNCTION 3 (pkint.label, pkint.label) pkint.label_gin_extract_query(pkint.label, internal, smallint, internal, internal, internal, internal),
	FUNCTION 4 (pkint.label, pkint.label) pkint.label_gin_consistent(internal, smallint, pkint.label, integer, internal, internal, internal, internal),
	FUNCTION 5 (pkint.label, pkint.label) pkint.label_gin_compare_partial(pkint.label, pkint.label, smallint, internal),
	FUNCTION 6 (pkint.label, pkint.label) pkint.label_gin_triconsistent(internal, smallint, pkint.label, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS pkint.label_gin_ops USING gin IS
	'index over whole labels: serves label <@ clearance, =, and both directions of dominance. Each distinct label is stored once, with the list of its rows. Example: CREATE INDEX ON mission.report USING gin (label)';

-- where rows lie clustered by label

CREATE FUNCTION pkint.label_brin_opcinfo(internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_brin_opcinfo';
COMMENT ON FUNCTION pkint.label_brin_opcinfo(internal) IS
	'BRIN support: what is stored for a range of blocks';

CREATE FUNCTION pkint.label_brin_add_value(internal, internal, internal, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_brin_add_value';
COMMENT ON FUNCTION pkint.label_brin_add_value(internal, internal, internal, internal) IS
	'BRIN support: a row comes to a range of blocks';

CREATE FUNCTION pkint.label_brin_consistent(internal, internal, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_brin_consistent';
COMMENT ON FUNCTION pkint.label_brin_consistent(internal, internal, internal) IS
	'BRIN support: may a range of blocks hold what is looked for?';

CREATE FUNCTION pkint.label_brin_union(internal, internal, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_brin_union';
COMMENT ON FUNCTION pkint.label_brin_union(internal, internal, internal) IS
	'BRIN support: two summaries become one';

CREATE OPERATOR CLASS pkint.label_brin_ops DEFAULT FOR TYPE pkint.label USING brin AS
	OPERATOR 1 pkint.<@ (pkint.label, pkint.clearance),
	OPERATOR 2 pkint.= (pkint.label, pkint.label),
	OPERATOR 3 pkint.<@ (pkint.label, pkint.label),
	FUNCTION 1 (pkint.label, pkint.label) pkint.label_brin_opcinfo(internal),
	FUNCTION 2 (pkint.label, pkint.label) pkint.label_brin_add_value(internal, internal, internal, internal),
	FUNCTION 3 (pkint.label, pkint.label) pkint.label_brin_consistent(internal, internal, internal),
	FUNCTION 4 (pkint.label, pkint.label) pkint.label_brin_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS pkint.label_brin_ops USING brin IS
	'very small index for tables whose rows lie clustered by label: a range of blocks is skipped if nothing in it can be read. Serves label <@ clearance, = and label <@ label. Example: CREATE INDEX ON archive USING brin (label)';
