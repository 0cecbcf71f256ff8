-- src/label/label.sql: the types pkint.label and pkint.clearance, their order and lattice.

CREATE TYPE pkint.label;

CREATE FUNCTION pkint.label_in(cstring) RETURNS pkint.label
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_in';
COMMENT ON FUNCTION pkint.label_in(cstring) IS
	'text input of pkint.label; raises invalid_text_representation, or program_limit_exceeded for more than 64 codes of a kind, with a hint that says what would be right';

CREATE FUNCTION pkint.label_out(pkint.label) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_out';
COMMENT ON FUNCTION pkint.label_out(pkint.label) IS
	'text output of pkint.label, in its one canonical form';

CREATE FUNCTION pkint.label_recv(internal) RETURNS pkint.label
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_recv';
COMMENT ON FUNCTION pkint.label_recv(internal) IS
	'binary input of pkint.label; accepts the canonical form only and raises invalid_binary_representation otherwise';

CREATE FUNCTION pkint.label_send(pkint.label) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_send';
COMMENT ON FUNCTION pkint.label_send(pkint.label) IS
	'binary output of pkint.label: version, kind, body';

CREATE FUNCTION pkint.label_typanalyze(internal) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_typanalyze';
COMMENT ON FUNCTION pkint.label_typanalyze(internal) IS
	'statistics of a column of labels: every distinct label of the sample with its frequency, as long as there are not more than 4000';

CREATE TYPE pkint.label (
	INPUT = pkint.label_in, OUTPUT = pkint.label_out,
	RECEIVE = pkint.label_recv, SEND = pkint.label_send,
	ANALYZE = pkint.label_typanalyze,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE pkint.label IS
	'classification of a row: LEVEL[//CAVEAT,...]//REL ALL|NONE|UNIT,...[//ORIG UNIT,...]. A reader needs the level, every caveat, and to belong to any one unit of the audience (REL). ORIG names who controls the information; left out it is MISSION. If REL is left out, the audience is ORIG. Levels: UNCLASSIFIED < CONFIDENTIAL < STRICTLY CONFIDENTIAL; U, C, SC, a leading UN, any case and the French names are read too. At most 64 codes of a kind can be typed and 4096 computed. Example: ''CONFIDENTIAL//CRSV//REL HRD,JMAC//ORIG HRD''::pkint.label';

CREATE FUNCTION pkint.label_eq(pkint.label, pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_eq';
COMMENT ON FUNCTION pkint.label_eq(pkint.label, pkint.label) IS
	'is the first label the same? Never raises';

CREATE FUNCTION pkint.label_ne(pkint.label, pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_ne';
COMMENT ON FUNCTION pkint.label_ne(pkint.label, pkint.label) IS
	'is the first label different? Never raises';

CREATE FUNCTION pkint.label_lt(pkint.label, pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_lt';
COMMENT ON FUNCTION pkint.label_lt(pkint.label, pkint.label) IS
	'is the first label before in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.label_le(pkint.label, pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_le';
COMMENT ON FUNCTION pkint.label_le(pkint.label, pkint.label) IS
	'is the first label before or the same in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.label_gt(pkint.label, pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_gt';
COMMENT ON FUNCTION pkint.label_gt(pkint.label, pkint.label) IS
	'is the first label after in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.label_ge(pkint.label, pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_ge';
COMMENT ON FUNCTION pkint.label_ge(pkint.label, pkint.label) IS
	'is the first label after or the same in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.label_cmp(pkint.label, pkint.label) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_cmp';
COMMENT ON FUNCTION pkint.label_cmp(pkint.label, pkint.label) IS
	'order of the B-tree: level, number of caveats, size of the audience (ALL first, NONE last), number of originators, then codes: a label never sorts before one that it dominates. Negative, 0 or positive; never raises';

CREATE FUNCTION pkint.label_hash(pkint.label) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_hash';
COMMENT ON FUNCTION pkint.label_hash(pkint.label) IS
	'hash of a label; never raises';

CREATE FUNCTION pkint.label_hash_extended(pkint.label, bigint) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_hash_extended';
COMMENT ON FUNCTION pkint.label_hash_extended(pkint.label, bigint) IS
	'hash of a label with a seed; never raises';

CREATE OPERATOR pkint.= (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_eq,
	COMMUTATOR = OPERATOR(pkint.=), NEGATOR = OPERATOR(pkint.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pkint.= (pkint.label, pkint.label) IS 'the same';

CREATE OPERATOR pkint.<> (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_ne,
	COMMUTATOR = OPERATOR(pkint.<>), NEGATOR = OPERATOR(pkint.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR pkint.<> (pkint.label, pkint.label) IS 'different';

CREATE OPERATOR pkint.< (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_lt,
	COMMUTATOR = OPERATOR(pkint.>), NEGATOR = OPERATOR(pkint.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR pkint.< (pkint.label, pkint.label) IS 'before in order';

CREATE OPERATOR pkint.<= (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_le,
	COMMUTATOR = OPERATOR(pkint.>=), NEGATOR = OPERATOR(pkint.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR pkint.<= (pkint.label, pkint.label) IS 'before in order, or the same';

CREATE OPERATOR pkint.> (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_gt,
	COMMUTATOR = OPERATOR(pkint.<), NEGATOR = OPERATOR(pkint.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR pkint.> (pkint.label, pkint.label) IS 'after in order';

CREATE OPERATOR pkint.>= (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_ge,
	COMMUTATOR = OPERATOR(pkint.<=), NEGATOR = OPERATOR(pkint.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR pkint.>= (pkint.label, pkint.label) IS 'after in order, or the same';

CREATE OPERATOR CLASS pkint.label_btree_ops DEFAULT FOR TYPE pkint.label USING btree AS
	OPERATOR 1 pkint.<, OPERATOR 2 pkint.<=, OPERATOR 3 pkint.=,
	OPERATOR 4 pkint.>=, OPERATOR 5 pkint.>,
	FUNCTION 1 pkint.label_cmp(pkint.label, pkint.label),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS pkint.label_btree_ops USING btree IS
	'level, number of caveats, size of the audience (ALL first, NONE last), number of originators, then codes: a label never sorts before one that it dominates';

CREATE OPERATOR CLASS pkint.label_hash_ops DEFAULT FOR TYPE pkint.label USING hash AS
	OPERATOR 1 pkint.=,
	FUNCTION 1 pkint.label_hash(pkint.label),
	FUNCTION 2 pkint.label_hash_extended(pkint.label, bigint);
COMMENT ON OPERATOR CLASS pkint.label_hash_ops USING hash IS
	'equality of labels';

CREATE TYPE pkint.clearance;

CREATE FUNCTION pkint.clearance_in(cstring) RETURNS pkint.clearance
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_in';
COMMENT ON FUNCTION pkint.clearance_in(cstring) IS
	'text input of pkint.clearance; raises invalid_text_representation, or program_limit_exceeded for more than 64 codes of a kind, with a hint that says what would be right';

CREATE FUNCTION pkint.clearance_out(pkint.clearance) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_out';
COMMENT ON FUNCTION pkint.clearance_out(pkint.clearance) IS
	'text output of pkint.clearance, in its one canonical form';

CREATE FUNCTION pkint.clearance_recv(internal) RETURNS pkint.clearance
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_recv';
COMMENT ON FUNCTION pkint.clearance_recv(internal) IS
	'binary input of pkint.clearance; accepts the canonical form only and raises invalid_binary_representation otherwise';

CREATE FUNCTION pkint.clearance_send(pkint.clearance) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_send';
COMMENT ON FUNCTION pkint.clearance_send(pkint.clearance) IS
	'binary output of pkint.clearance: version, kind, body';

CREATE TYPE pkint.clearance (
	INPUT = pkint.clearance_in, OUTPUT = pkint.clearance_out,
	RECEIVE = pkint.clearance_recv, SEND = pkint.clearance_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE pkint.clearance IS
	'what a reader holds: LEVEL[//CAVEAT,...]//UNITS ALL|NONE|UNIT,.... label <@ clearance tells whether that label may be read. Example: ''CONFIDENTIAL//CRSV//UNITS JMAC''::pkint.clearance';

CREATE FUNCTION pkint.clearance_eq(pkint.clearance, pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_eq';
COMMENT ON FUNCTION pkint.clearance_eq(pkint.clearance, pkint.clearance) IS
	'is the first clearance the same? Never raises';

CREATE FUNCTION pkint.clearance_ne(pkint.clearance, pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_ne';
COMMENT ON FUNCTION pkint.clearance_ne(pkint.clearance, pkint.clearance) IS
	'is the first clearance different? Never raises';

CREATE FUNCTION pkint.clearance_lt(pkint.clearance, pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_lt';
COMMENT ON FUNCTION pkint.clearance_lt(pkint.clearance, pkint.clearance) IS
	'is the first clearance before in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.clearance_le(pkint.clearance, pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_le';
COMMENT ON FUNCTION pkint.clearance_le(pkint.clearance, pkint.clearance) IS
	'is the first clearance before or the same in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.clearance_gt(pkint.clearance, pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_gt';
COMMENT ON FUNCTION pkint.clearance_gt(pkint.clearance, pkint.clearance) IS
	'is the first clearance after in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.clearance_ge(pkint.clearance, pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_ge';
COMMENT ON FUNCTION pkint.clearance_ge(pkint.clearance, pkint.clearance) IS
	'is the first clearance after or the same in the order of the B-tree? Never raises';

CREATE FUNCTION pkint.clearance_cmp(pkint.clearance, pkint.clearance) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_cmp';
COMMENT ON FUNCTION pkint.clearance_cmp(pkint.clearance, pkint.clearance) IS
	'order of the B-tree: level, number of caveats, number of units (NONE first, ALL last), then codes. Negative, 0 or positive; never raises';

CREATE FUNCTION pkint.clearance_hash(pkint.clearance) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_hash';
COMMENT ON FUNCTION pkint.clearance_hash(pkint.clearance) IS
	'hash of a clearance; never raises';

CREATE FUNCTION pkint.clearance_hash_extended(pkint.clearance, bigint) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_clearance_hash_extended';
COMMENT ON FUNCTION pkint.clearance_hash_extended(pkint.clearance, bigint) IS
	'hash of a clearance with a seed; never raises';

CREATE OPERATOR pkint.= (
	LEFTARG = pkint.clearance, RIGHTARG = pkint.clearance, FUNCTION = pkint.clearance_eq,
	COMMUTATOR = OPERATOR(pkint.=), NEGATOR = OPERATOR(pkint.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pkint.= (pkint.clearance, pkint.clearance) IS 'the same';

CREATE OPERATOR pkint.<> (
	LEFTARG = pkint.clearance, RIGHTARG = pkint.clearance, FUNCTION = pkint.clearance_ne,
	COMMUTATOR = OPERATOR(pkint.<>), NEGATOR = OPERATOR(pkint.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR pkint.<> (pkint.clearance, pkint.clearance) IS 'different';

CREATE OPERATOR pkint.< (
	LEFTARG = pkint.clearance, RIGHTARG = pkint.clearance, FUNCTION = pkint.clearance_lt,
	COMMUTATOR = OPERATOR(pkint.>), NEGATOR = OPERATOR(pkint.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR pkint.< (pkint.clearance, pkint.clearance) IS 'before in order';

CREATE OPERATOR pkint.<= (
	LEFTARG = pkint.clearance, RIGHTARG = pkint.clearance, FUNCTION = pkint.clearance_le,
	COMMUTATOR = OPERATOR(pkint.>=), NEGATOR = OPERATOR(pkint.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR pkint.<= (pkint.clearance, pkint.clearance) IS 'before in order, or the same';

CREATE OPERATOR pkint.> (
	LEFTARG = pkint.clearance, RIGHTARG = pkint.clearance, FUNCTION = pkint.clearance_gt,
	COMMUTATOR = OPERATOR(pkint.<), NEGATOR = OPERATOR(pkint.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR pkint.> (pkint.clearance, pkint.clearance) IS 'after in order';

CREATE OPERATOR pkint.>= (
	LEFTARG = pkint.clearance, RIGHTARG = pkint.clearance, FUNCTION = pkint.clearance_ge,
	COMMUTATOR = OPERATOR(pkint.<=), NEGATOR = OPERATOR(pkint.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR pkint.>= (pkint.clearance, pkint.clearance) IS 'after in order, or the same';

CREATE OPERATOR CLASS pkint.clearance_btree_ops DEFAULT FOR TYPE pkint.clearance USING btree AS
	OPERATOR 1 pkint.<, OPERATOR 2 pkint.<=, OPERATOR 3 pkint.=,
	OPERATOR 4 pkint.>=, OPERATOR 5 pkint.>,
	FUNCTION 1 pkint.clearance_cmp(pkint.clearance, pkint.clearance),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS pkint.clearance_btree_ops USING btree IS
	'level, number of caveats, number of units (NONE first, ALL last), then codes';

CREATE OPERATOR CLASS pkint.clearance_hash_ops DEFAULT FOR TYPE pkint.clearance USING hash AS
	OPERATOR 1 pkint.=,
	FUNCTION 1 pkint.clearance_hash(pkint.clearance),
	FUNCTION 2 pkint.clearance_hash_extended(pkint.clearance, bigint);
COMMENT ON OPERATOR CLASS pkint.clearance_hash_ops USING hash IS
	'equality of clearances';

-- estimators

CREATE FUNCTION pkint.label_readable_sel(internal, oid, internal, integer) RETURNS double precision
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_readable_sel';
COMMENT ON FUNCTION pkint.label_readable_sel(internal, oid, internal, integer) IS
	'planner: which part of the rows label <@ clearance passes';

CREATE FUNCTION pkint.label_readable_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_readable_joinsel';
COMMENT ON FUNCTION pkint.label_readable_joinsel(internal, oid, internal, smallint, internal) IS
	'planner: which part of the pairs label <@ clearance passes in a join';

-- the lattice

CREATE FUNCTION pkint.label_dominates(a pkint.label, b pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_dominates';
COMMENT ON FUNCTION pkint.label_dominates(pkint.label, pkint.label) IS
	'does a dominate b: level at least as high, every caveat and originator of b, audience within b''s? The same as a @> b; a dominates b if and only if a | b = a. Never raises';

CREATE FUNCTION pkint.label_dominated_by(a pkint.label, b pkint.label) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_dominated_by';
COMMENT ON FUNCTION pkint.label_dominated_by(pkint.label, pkint.label) IS
	'does b dominate a? The same as a <@ b. Never raises';

CREATE FUNCTION pkint.label_readable_by(a pkint.label, b pkint.clearance) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 AS 'MODULE_PATHNAME', 'pkint_label_readable_by';
COMMENT ON FUNCTION pkint.label_readable_by(pkint.label, pkint.clearance) IS
	'may a label be read with a clearance: level reached, every caveat held, one unit of the audience among the units? The same as a <@ b. REL ALL is for everybody who has a clearance, REL NONE for nobody. Never raises';

CREATE FUNCTION pkint.label_join(a pkint.label, b pkint.label) RETURNS pkint.label
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_join';
COMMENT ON FUNCTION pkint.label_join(pkint.label, pkint.label) IS
	'label of something made from both: higher level, caveats and originators of both, audience common to both. The same as a | b; raises program_limit_exceeded above 4096 codes of a kind. Example: ''C//REL JMAC,U2//ORIG JMAC'' | ''U//REL U2//ORIG U2'' is CONFIDENTIAL//REL U2//ORIG JMAC,U2';

CREATE FUNCTION pkint.label_meet(a pkint.label, b pkint.label) RETURNS pkint.label
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_meet';
COMMENT ON FUNCTION pkint.label_meet(pkint.label, pkint.label) IS
	'highest label that both dominate: lower level, common caveats and originators, audience of either. The same as a & b; raises program_limit_exceeded above 4096 codes of a kind';

CREATE OPERATOR pkint.@> (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_dominates,
	COMMUTATOR = OPERATOR(pkint.<@), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR pkint.@> (pkint.label, pkint.label) IS 'dominates';

CREATE OPERATOR pkint.<@ (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_dominated_by,
	COMMUTATOR = OPERATOR(pkint.@>), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR pkint.<@ (pkint.label, pkint.label) IS 'is dominated by';

CREATE OPERATOR pkint.<@ (
	LEFTARG = pkint.label, RIGHTARG = pkint.clearance, FUNCTION = pkint.label_readable_by,
	RESTRICT = pkint.label_readable_sel, JOIN = pkint.label_readable_joinsel
);
COMMENT ON OPERATOR pkint.<@ (pkint.label, pkint.clearance) IS 'may be read with';

CREATE OPERATOR pkint.| (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_join,
	COMMUTATOR = OPERATOR(pkint.|)
);
COMMENT ON OPERATOR pkint.| (pkint.label, pkint.label) IS
	'least upper bound: label of something made from both';

CREATE OPERATOR pkint.& (
	LEFTARG = pkint.label, RIGHTARG = pkint.label, FUNCTION = pkint.label_meet,
	COMMUTATOR = OPERATOR(pkint.&)
);
COMMENT ON OPERATOR pkint.& (pkint.label, pkint.label) IS
	'greatest lower bound';
