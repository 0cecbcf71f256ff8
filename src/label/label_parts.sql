-- src/label/label_parts.sql: parts of labels, aggregates, what is printed.

CREATE FUNCTION pkint.level(label pkint.label) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_level';
COMMENT ON FUNCTION pkint.level(pkint.label) IS
	'level of a label: UNCLASSIFIED, CONFIDENTIAL or STRICTLY CONFIDENTIAL. Example: level(''sc//rel all'') is STRICTLY CONFIDENTIAL';

CREATE FUNCTION pkint.caveats(label pkint.label) RETURNS text[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_caveats';
COMMENT ON FUNCTION pkint.caveats(pkint.label) IS
	'caveats of a label, sorted; an empty array where there are none. Example: caveats(''C//SOURCE,CRSV//REL HRD'') is {CRSV,SOURCE}';

CREATE FUNCTION pkint.releasable_to(label pkint.label) RETURNS text[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_releasable_to';
COMMENT ON FUNCTION pkint.releasable_to(pkint.label) IS
	'audience of a label: codes of units, sorted, or {ALL} or {NONE}; never an empty array. Example: releasable_to(''C//REL U2,JMAC'') is {JMAC,U2}';

CREATE FUNCTION pkint.originators(label pkint.label) RETURNS text[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_originators';
COMMENT ON FUNCTION pkint.originators(pkint.label) IS
	'who controls the information of a label: codes, sorted, {MISSION} where the text leaves ORIG out, or {NONE}; never an empty array. Example: originators(''C//REL ALL'') is {MISSION}';

CREATE FUNCTION pkint.make_label(level text, caveats text[] DEFAULT '{}', releasable_to text[] DEFAULT NULL,
	originators text[] DEFAULT NULL) RETURNS pkint.label
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'pkint_make_label';
COMMENT ON FUNCTION pkint.make_label(text, text[], text[], text[]) IS
	'label from its parts, the inverse of level, caveats, releasable_to and originators. releasable_to left out means the originators, originators left out means MISSION; ''{ALL}'' and ''{NONE}'' are written out, an empty array is refused. Raises invalid_parameter_value for an unknown level or a code that is none. Example: make_label(''C'', ''{CRSV}'', ''{HRD,JMAC}'', ''{HRD}'')';

CREATE FUNCTION pkint.banner(label pkint.label, lang text DEFAULT 'en') RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'pkint_banner';
COMMENT ON FUNCTION pkint.banner(pkint.label, text) IS
	'what is printed at the head and foot of a page; lang is en or fr, else invalid_parameter_value. Example: banner(''C//REL JMAC'', ''fr'') is ONU CONFIDENTIEL // DIFFUSION JMAC // ORIGINE MISSION';

CREATE FUNCTION pkint.portion_mark(label pkint.label, lang text DEFAULT 'en') RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'pkint_portion_mark';
COMMENT ON FUNCTION pkint.portion_mark(pkint.label, text) IS
	'what is printed before a paragraph: level, caveats and audience in short; lang is en or fr, else invalid_parameter_value. Example: portion_mark(''C//CRSV//REL HRD,JMAC//ORIG HRD'') is (C//CRSV//REL HRD,JMAC)';

-- aggregates

CREATE FUNCTION pkint.combined_label_add(internal, pkint.label) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_combined_label_add';
COMMENT ON FUNCTION pkint.combined_label_add(internal, pkint.label) IS
	'takes one label into combined_label()';

CREATE FUNCTION pkint.combined_label_merge(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_combined_label_merge';
COMMENT ON FUNCTION pkint.combined_label_merge(internal, internal) IS
	'takes what a parallel worker has combined into combined_label()';

CREATE FUNCTION pkint.common_label_add(internal, pkint.label) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_common_label_add';
COMMENT ON FUNCTION pkint.common_label_add(internal, pkint.label) IS
	'takes one label into common_label()';

CREATE FUNCTION pkint.common_label_merge(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_common_label_merge';
COMMENT ON FUNCTION pkint.common_label_merge(internal, internal) IS
	'takes what a parallel worker has found into common_label()';

CREATE FUNCTION pkint.label_agg_send(internal) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_agg_send';
COMMENT ON FUNCTION pkint.label_agg_send(internal) IS
	'carries the state of a label aggregate out of a parallel worker';

CREATE FUNCTION pkint.label_agg_receive(bytea, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_agg_receive';
COMMENT ON FUNCTION pkint.label_agg_receive(bytea, internal) IS
	'takes the state of a label aggregate from a parallel worker';

CREATE FUNCTION pkint.label_agg_result(internal) RETURNS pkint.label
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pkint_label_agg_result';
COMMENT ON FUNCTION pkint.label_agg_result(internal) IS
	'result of a label aggregate';

CREATE AGGREGATE pkint.combined_label(pkint.label) (
	SFUNC = pkint.combined_label_add, STYPE = internal, SSPACE = 128,
	COMBINEFUNC = pkint.combined_label_merge,
	SERIALFUNC = pkint.label_agg_send, DESERIALFUNC = pkint.label_agg_receive,
	FINALFUNC = pkint.label_agg_result, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pkint.combined_label(pkint.label) IS
	'label of something made from all these rows (join): highest level, all caveats and originators, the audience common to all. NULL over no rows, and NULL if one of the labels is, since what is made from a row without a label is readable by nobody. Example: SELECT combined_label(label) FROM mission.report';

CREATE AGGREGATE pkint.common_label(pkint.label) (
	SFUNC = pkint.common_label_add, STYPE = internal, SSPACE = 128,
	COMBINEFUNC = pkint.common_label_merge,
	SERIALFUNC = pkint.label_agg_send, DESERIALFUNC = pkint.label_agg_receive,
	FINALFUNC = pkint.label_agg_result, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pkint.common_label(pkint.label) IS
	'highest label that all of these dominate (meet): whoever may not read it may read none of them. NULL over no rows or if one of the labels is NULL';
