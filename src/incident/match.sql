-- src/incident/match.sql: the matching core, which knows footprints and words but no register.

CREATE FUNCTION pkint.match_evidence(
		a_footprint pkint.footprint, a_code text, a_actor text, a_actor2 text, a_killed_low integer, a_killed_high integer,
		a_injured_low integer, a_injured_high integer, a_words text,
		b_footprint pkint.footprint, b_code text, b_actor text, b_actor2 text, b_killed_low integer, b_killed_high integer,
		b_injured_low integer, b_injured_high integer, b_words text) RETURNS double precision[]
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'pkint_match_evidence_sql';
COMMENT ON FUNCTION pkint.match_evidence(pkint.footprint, text, text, text, integer, integer, integer, integer, text,
		pkint.footprint, text, text, text, integer, integer, integer, integer, text) IS
	'evidence that two reports are about one event, as log-odds of place, time, category, actors, killed, injured and words; above zero speaks for it. What one side does not tell weighs nothing, and a report without a footprint gives null. Method: Fellegi and Sunter (1969)';

CREATE FUNCTION pkint.match_words(a text, b text) RETURNS double precision
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'pkint_match_words';
COMMENT ON FUNCTION pkint.match_words(text, text) IS
	'the part of match_evidence() that two texts make: words in common, from -0.5 to 2; 0 where either has no words';

CREATE FUNCTION pkint.match_parts(evidence double precision[]) RETURNS jsonb
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT jsonb_build_object('place', round(evidence[1]::numeric, 2), 'time', round(evidence[2]::numeric, 2),
			'category', round(evidence[3]::numeric, 2), 'actors', round(evidence[4]::numeric, 2), 'killed', round(evidence[5]::numeric, 2),
			'injured', round(evidence[6]::numeric, 2), 'words', round(evidence[7]::numeric, 2));
	END;
COMMENT ON FUNCTION pkint.match_parts(double precision[]) IS 'the parts of match_evidence() by name, for people to read';

CREATE FUNCTION pkint.match_score(evidence double precision[]) RETURNS double precision
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT evidence[1] + evidence[2] + evidence[3] + evidence[4] + evidence[5] + evidence[6] + evidence[7];
	END;
COMMENT ON FUNCTION pkint.match_score(double precision[]) IS 'the sum of the parts of match_evidence()';

CREATE FUNCTION pkint.choose_matches(a bigint[], b bigint[], unit_a integer[], unit_b integer[]) RETURNS boolean[]
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'pkint_choose_matches';
COMMENT ON FUNCTION pkint.choose_matches(bigint[], bigint[], integer[], integer[]) IS
	'of pairs of reports in the order of their strength, those that can stand together: a pair is taken unless it would bring two reports of one unit into one incident. A unit below zero may have any number of reports in an incident. Arrays of different lengths and nulls are refused';
