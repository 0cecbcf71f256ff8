-- src/incident/grading.sql: reliability of sources and credibility of information.

CREATE TYPE pkint.grading;
CREATE FUNCTION pkint.grading_in(cstring) RETURNS pkint.grading
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_in';
COMMENT ON FUNCTION pkint.grading_in(cstring) IS 'input of pkint.grading';
CREATE FUNCTION pkint.grading_out(pkint.grading) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_out';
COMMENT ON FUNCTION pkint.grading_out(pkint.grading) IS 'output of pkint.grading';
CREATE FUNCTION pkint.grading_recv(internal) RETURNS pkint.grading
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_recv';
COMMENT ON FUNCTION pkint.grading_recv(internal) IS 'binary input of pkint.grading';
CREATE FUNCTION pkint.grading_send(pkint.grading) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_send';
COMMENT ON FUNCTION pkint.grading_send(pkint.grading) IS 'binary output of pkint.grading';
CREATE TYPE pkint.grading (
	INPUT = pkint.grading_in, OUTPUT = pkint.grading_out, RECEIVE = pkint.grading_recv, SEND = pkint.grading_send,
	INTERNALLENGTH = 2, PASSEDBYVALUE, ALIGNMENT = int2, STORAGE = plain
);
COMMENT ON TYPE pkint.grading IS
	'reliability of the source, A to F, and credibility of the information, 1 to 6, for example B2. F and 6 mean that it cannot be judged and are not the worst. Compare worth with @> and <@; < and > only sort';

CREATE FUNCTION pkint.grading_eq(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_eq';
COMMENT ON FUNCTION pkint.grading_eq(pkint.grading, pkint.grading) IS 'implementation of = operator';
CREATE FUNCTION pkint.grading_ne(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_ne';
COMMENT ON FUNCTION pkint.grading_ne(pkint.grading, pkint.grading) IS 'implementation of <> operator';
CREATE FUNCTION pkint.grading_lt(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_lt';
COMMENT ON FUNCTION pkint.grading_lt(pkint.grading, pkint.grading) IS 'implementation of < operator';
CREATE FUNCTION pkint.grading_le(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_le';
COMMENT ON FUNCTION pkint.grading_le(pkint.grading, pkint.grading) IS 'implementation of <= operator';
CREATE FUNCTION pkint.grading_gt(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_gt';
COMMENT ON FUNCTION pkint.grading_gt(pkint.grading, pkint.grading) IS 'implementation of > operator';
CREATE FUNCTION pkint.grading_ge(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_ge';
COMMENT ON FUNCTION pkint.grading_ge(pkint.grading, pkint.grading) IS 'implementation of >= operator';
CREATE FUNCTION pkint.grading_cmp(pkint.grading, pkint.grading) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_cmp';
COMMENT ON FUNCTION pkint.grading_cmp(pkint.grading, pkint.grading) IS 'order in which gradings are sorted, A1 first: less, equal or greater';
CREATE FUNCTION pkint.grading_hash(pkint.grading) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_hash';
COMMENT ON FUNCTION pkint.grading_hash(pkint.grading) IS 'hash of a grading';
CREATE FUNCTION pkint.grading_at_least(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_at_least';
COMMENT ON FUNCTION pkint.grading_at_least(pkint.grading, pkint.grading) IS 'implementation of @> operator';
CREATE FUNCTION pkint.grading_at_most(pkint.grading, pkint.grading) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_at_most';
COMMENT ON FUNCTION pkint.grading_at_most(pkint.grading, pkint.grading) IS 'implementation of <@ operator';
CREATE OPERATOR pkint.= (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_eq,
	COMMUTATOR = OPERATOR(pkint.=), NEGATOR = OPERATOR(pkint.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pkint.= (pkint.grading, pkint.grading) IS 'the same grading';
CREATE OPERATOR pkint.<> (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_ne,
	COMMUTATOR = OPERATOR(pkint.<>), NEGATOR = OPERATOR(pkint.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pkint.<> (pkint.grading, pkint.grading) IS 'different gradings';
CREATE OPERATOR pkint.< (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_lt,
	COMMUTATOR = OPERATOR(pkint.>), NEGATOR = OPERATOR(pkint.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pkint.< (pkint.grading, pkint.grading) IS 'sorted before; no order of worth';
CREATE OPERATOR pkint.<= (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_le,
	COMMUTATOR = OPERATOR(pkint.>=), NEGATOR = OPERATOR(pkint.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pkint.<= (pkint.grading, pkint.grading) IS 'sorted before, or the same; no order of worth';
CREATE OPERATOR pkint.> (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_gt,
	COMMUTATOR = OPERATOR(pkint.<), NEGATOR = OPERATOR(pkint.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pkint.> (pkint.grading, pkint.grading) IS 'sorted after; no order of worth';
CREATE OPERATOR pkint.>= (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_ge,
	COMMUTATOR = OPERATOR(pkint.<=), NEGATOR = OPERATOR(pkint.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pkint.>= (pkint.grading, pkint.grading) IS 'sorted after, or the same; no order of worth';
CREATE OPERATOR pkint.@> (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_at_least,
	COMMUTATOR = OPERATOR(pkint.<@), RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR pkint.@> (pkint.grading, pkint.grading) IS
	'at least as good, in reliability and in credibility; F and 6 compare with themselves only';
CREATE OPERATOR pkint.<@ (
	LEFTARG = pkint.grading, RIGHTARG = pkint.grading, FUNCTION = pkint.grading_at_most,
	COMMUTATOR = OPERATOR(pkint.@>), RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR pkint.<@ (pkint.grading, pkint.grading) IS
	'at most as good, in reliability and in credibility; F and 6 compare with themselves only';
CREATE OPERATOR CLASS pkint.grading_ops DEFAULT FOR TYPE pkint.grading USING btree AS
	OPERATOR 1 pkint.<, OPERATOR 2 pkint.<=, OPERATOR 3 pkint.=, OPERATOR 4 pkint.>=, OPERATOR 5 pkint.>,
	FUNCTION 1 pkint.grading_cmp(pkint.grading, pkint.grading);
COMMENT ON OPERATOR CLASS pkint.grading_ops USING btree IS 'order in which gradings are sorted, A1 first';
CREATE OPERATOR CLASS pkint.grading_ops DEFAULT FOR TYPE pkint.grading USING hash AS
	OPERATOR 1 pkint.=, FUNCTION 1 pkint.grading_hash(pkint.grading);
COMMENT ON OPERATOR CLASS pkint.grading_ops USING hash IS 'equality of gradings';

CREATE FUNCTION pkint.reliability(pkint.grading) RETURNS text
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_reliability';
COMMENT ON FUNCTION pkint.reliability(pkint.grading) IS 'reliability of the source, A to F';
CREATE FUNCTION pkint.credibility(pkint.grading) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_credibility';
COMMENT ON FUNCTION pkint.credibility(pkint.grading) IS 'credibility of the information, 1 to 6';
CREATE FUNCTION pkint.grading(reliability text, credibility integer) RETURNS pkint.grading
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_make';
COMMENT ON FUNCTION pkint.grading(text, integer) IS 'grading from its parts; anything but A to F and 1 to 6 is refused. Example: pkint.grading(''B'', 2)';
CREATE FUNCTION pkint.better_grading(pkint.grading, pkint.grading) RETURNS pkint.grading
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_grading_better';
COMMENT ON FUNCTION pkint.better_grading(pkint.grading, pkint.grading) IS 'the better of two gradings: what is judged in more parts, then the smaller sum of both parts, then the more credible. Where one is at least as good in both parts, it is that one';
CREATE AGGREGATE pkint.best_grading(pkint.grading) (
	SFUNC = pkint.better_grading, STYPE = pkint.grading, COMBINEFUNC = pkint.better_grading, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pkint.best_grading(pkint.grading) IS
	'the best of several gradings, than which none is better in both parts; the same in whatever order they come';

CREATE FUNCTION pkint.grading_words(grading pkint.grading, lang text DEFAULT 'en') RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN lang = 'fr' THEN
			(ARRAY['source complètement fiable', 'source habituellement fiable', 'source assez fiable', 'source peu fiable', 'source non fiable', 'fiabilité impossible à juger'])[ascii(pkint.reliability(grading)) - 64]
			|| ', ' ||
			(ARRAY['information confirmée', 'information probable', 'information possible', 'information douteuse', 'information improbable', 'véracité impossible à juger'])[pkint.credibility(grading)]
		ELSE
			(ARRAY['source completely reliable', 'source usually reliable', 'source fairly reliable', 'source not usually reliable', 'source unreliable', 'reliability cannot be judged'])[ascii(pkint.reliability(grading)) - 64]
			|| ', ' ||
			(ARRAY['information confirmed', 'information probably true', 'information possibly true', 'information doubtful', 'information improbable', 'truth cannot be judged'])[pkint.credibility(grading)]
		END;
	END;
COMMENT ON FUNCTION pkint.grading_words(pkint.grading, text) IS
	'a grading in words, in English (en) or French (fr), for a page that is read by people who do not know the code';
