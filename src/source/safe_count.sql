-- src/source/safe_count.sql: counts of people that do not single anybody out

CREATE FUNCTION pkint.safe_count_trans(internal, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'pkint_safe_count_trans'
	LANGUAGE C STABLE PARALLEL UNSAFE COST 10;
COMMENT ON FUNCTION pkint.safe_count_trans(internal, text) IS 'Transition of safe_count.';
CREATE FUNCTION pkint.safe_count_final(internal) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pkint_safe_count_final'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.safe_count_final(internal) IS 'Final function of safe_count.';
CREATE AGGREGATE pkint.safe_count(text)
(
	SFUNC = pkint.safe_count_trans,
	STYPE = internal,
	FINALFUNC = pkint.safe_count_final,
	PARALLEL = UNSAFE
);
COMMENT ON AGGREGATE pkint.safe_count(text) IS
'How many different people (or sources: cast codes to text) there are, give or take two; NULL for fewer than pkint.minimum_count (5). The noise belongs to the very set of people, and a set that differs by fewer people than that from one counted in the last 90 days, by whomever, gets the same answer as that one: neither asking again nor subtracting two answers tells about anybody. On the record. Example: SELECT village, pkint.safe_count(person) FROM casualty GROUP BY village;';

CREATE FUNCTION pkint.safe_cross_trans(internal, text, text, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'pkint_safe_cross_trans'
	LANGUAGE C STABLE PARALLEL UNSAFE COST 10;
COMMENT ON FUNCTION pkint.safe_cross_trans(internal, text, text, text) IS 'Transition of safe_cross.';
CREATE FUNCTION pkint.safe_cross_final(internal) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'pkint_safe_cross_final'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.safe_cross_final(internal) IS 'Final function of safe_cross.';
CREATE AGGREGATE pkint.safe_cross(text, text, text)
(
	SFUNC = pkint.safe_cross_trans,
	STYPE = internal,
	FINALFUNC = pkint.safe_cross_final,
	PARALLEL = UNSAFE
);
COMMENT ON AGGREGATE pkint.safe_cross(text, text, text) IS
'A cross table of different people: person, what the rows go by, what the columns go by (sex and age band, for instance; at most 64 of each). A list of {"row", "column", "count"} with totals; cells of fewer than pkint.minimum_count people are null, and so is a second cell wherever a row or column would have just one gap; each number is answered as pkint.safe_count() answers, from the same record, so that neither totals nor tables and counts together give cells back. pkint.safe_cross_rows() makes rows of it. Example: SELECT * FROM pkint.safe_cross_rows((SELECT pkint.safe_cross(person, sex, age_band) FROM casualty));';

CREATE FUNCTION pkint.safe_cross_rows(cross_table jsonb, OUT row_label text, OUT column_label text, OUT count bigint)
	RETURNS SETOF record
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 20
	BEGIN ATOMIC
	SELECT e ->> 'row', e ->> 'column', (e ->> 'count')::bigint
	FROM jsonb_array_elements(cross_table) AS e;
	END;
COMMENT ON FUNCTION pkint.safe_cross_rows(jsonb) IS
'The cells and totals of pkint.safe_cross() as rows. Example: SELECT * FROM pkint.safe_cross_rows((SELECT pkint.safe_cross(person, sex, age_band) FROM casualty));';
