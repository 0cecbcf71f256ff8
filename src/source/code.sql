-- src/source/code.sql: the type source_code

CREATE TYPE pkint.source_code;

CREATE FUNCTION pkint.source_code_in(cstring) RETURNS pkint.source_code
	AS 'MODULE_PATHNAME', 'pkint_source_code_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION pkint.source_code_in(cstring) IS
'Text input of source_code; refuses a code whose check symbols do not match.';

CREATE FUNCTION pkint.source_code_out(pkint.source_code) RETURNS cstring
	AS 'MODULE_PATHNAME', 'pkint_source_code_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_out(pkint.source_code) IS
'Text output of source_code.';

CREATE FUNCTION pkint.source_code_recv(internal) RETURNS pkint.source_code
	AS 'MODULE_PATHNAME', 'pkint_source_code_recv'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION pkint.source_code_recv(internal) IS
'Binary input of source_code: five bytes of code, then the unit.';

CREATE FUNCTION pkint.source_code_send(pkint.source_code) RETURNS bytea
	AS 'MODULE_PATHNAME', 'pkint_source_code_send'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_send(pkint.source_code) IS
'Binary output of source_code.';

CREATE TYPE pkint.source_code (
	INPUT = pkint.source_code_in,
	OUTPUT = pkint.source_code_out,
	RECEIVE = pkint.source_code_recv,
	SEND = pkint.source_code_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = plain
);
COMMENT ON TYPE pkint.source_code IS
'Pseudonym of a human source for one unit, for example JMAC:7K3Q-9F2M-XT. The last two symbols are check symbols (Reed-Solomon over GF(32)) bound to the unit: one or two wrong or swapped symbols, and a code quoted under another unit, are refused. Lower case, O for 0, I and L for 1, Arabic-Indic digits, and spaces or dashes anywhere are accepted.';

CREATE FUNCTION pkint.source_code_lt(pkint.source_code, pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_source_code_lt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_lt(pkint.source_code, pkint.source_code) IS
'Order of source codes, by unit and then by code: less than.';

CREATE FUNCTION pkint.source_code_le(pkint.source_code, pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_source_code_le'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_le(pkint.source_code, pkint.source_code) IS
'Order of source codes, by unit and then by code: less than or equal.';

CREATE FUNCTION pkint.source_code_eq(pkint.source_code, pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_source_code_eq'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_eq(pkint.source_code, pkint.source_code) IS
'Order of source codes, by unit and then by code: equal.';

CREATE FUNCTION pkint.source_code_ne(pkint.source_code, pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_source_code_ne'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_ne(pkint.source_code, pkint.source_code) IS
'Order of source codes, by unit and then by code: not equal.';

CREATE FUNCTION pkint.source_code_ge(pkint.source_code, pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_source_code_ge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_ge(pkint.source_code, pkint.source_code) IS
'Order of source codes, by unit and then by code: greater than or equal.';

CREATE FUNCTION pkint.source_code_gt(pkint.source_code, pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_source_code_gt'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_gt(pkint.source_code, pkint.source_code) IS
'Order of source codes, by unit and then by code: greater than.';

CREATE FUNCTION pkint.source_code_cmp(pkint.source_code, pkint.source_code) RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_source_code_cmp'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_cmp(pkint.source_code, pkint.source_code) IS
'Order of source codes for B-trees: negative, zero or positive.';

CREATE FUNCTION pkint.source_code_hash(pkint.source_code) RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_source_code_hash'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_hash(pkint.source_code) IS
'Hash of a source code.';

CREATE FUNCTION pkint.source_code_hash_extended(pkint.source_code, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pkint_source_code_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.source_code_hash_extended(pkint.source_code, bigint) IS
'Hash of a source code with a seed.';

CREATE FUNCTION pkint.unit_of(pkint.source_code) RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_source_code_unit'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.unit_of(pkint.source_code) IS
'The unit of a source code. Example: pkint.unit_of(''JMAC:7K3Q-9F2M-XT'') is JMAC.';

CREATE OPERATOR pkint.< (
	LEFTARG = pkint.source_code, RIGHTARG = pkint.source_code,
	FUNCTION = pkint.source_code_lt,
	COMMUTATOR = OPERATOR(pkint.>), NEGATOR = OPERATOR(pkint.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pkint.< (pkint.source_code, pkint.source_code) IS 'order of source codes: by unit, then by code';

CREATE OPERATOR pkint.<= (
	LEFTARG = pkint.source_code, RIGHTARG = pkint.source_code,
	FUNCTION = pkint.source_code_le,
	COMMUTATOR = OPERATOR(pkint.>=), NEGATOR = OPERATOR(pkint.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pkint.<= (pkint.source_code, pkint.source_code) IS 'order of source codes: by unit, then by code';

CREATE OPERATOR pkint.= (
	LEFTARG = pkint.source_code, RIGHTARG = pkint.source_code,
	FUNCTION = pkint.source_code_eq,
	COMMUTATOR = OPERATOR(pkint.=), NEGATOR = OPERATOR(pkint.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pkint.= (pkint.source_code, pkint.source_code) IS 'order of source codes: by unit, then by code';

CREATE OPERATOR pkint.<> (
	LEFTARG = pkint.source_code, RIGHTARG = pkint.source_code,
	FUNCTION = pkint.source_code_ne,
	COMMUTATOR = OPERATOR(pkint.<>), NEGATOR = OPERATOR(pkint.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pkint.<> (pkint.source_code, pkint.source_code) IS 'order of source codes: by unit, then by code';

CREATE OPERATOR pkint.>= (
	LEFTARG = pkint.source_code, RIGHTARG = pkint.source_code,
	FUNCTION = pkint.source_code_ge,
	COMMUTATOR = OPERATOR(pkint.<=), NEGATOR = OPERATOR(pkint.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pkint.>= (pkint.source_code, pkint.source_code) IS 'order of source codes: by unit, then by code';

CREATE OPERATOR pkint.> (
	LEFTARG = pkint.source_code, RIGHTARG = pkint.source_code,
	FUNCTION = pkint.source_code_gt,
	COMMUTATOR = OPERATOR(pkint.<), NEGATOR = OPERATOR(pkint.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pkint.> (pkint.source_code, pkint.source_code) IS 'order of source codes: by unit, then by code';

CREATE OPERATOR CLASS pkint.source_code_ops DEFAULT FOR TYPE pkint.source_code USING btree AS
	OPERATOR 1 pkint.<,
	OPERATOR 2 pkint.<=,
	OPERATOR 3 pkint.=,
	OPERATOR 4 pkint.>=,
	OPERATOR 5 pkint.>,
	FUNCTION 1 pkint.source_code_cmp(pkint.source_code, pkint.source_code);
CREATE OPERATOR CLASS pkint.source_code_ops DEFAULT FOR TYPE pkint.source_code USING hash AS
	OPERATOR 1 pkint.=,
	FUNCTION 1 pkint.source_code_hash(pkint.source_code),
	FUNCTION 2 pkint.source_code_hash_extended(pkint.source_code, bigint);

CREATE FUNCTION pkint.is_source_code(typed text) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_is_source_code'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION pkint.is_source_code(text) IS
'Would a text be read as the code of a source, its check symbols included? It tells nothing of whether the code was ever given out. Example: pkint.is_source_code(''JMAC:7H3Q-9F2M-ZS'') is true.';
