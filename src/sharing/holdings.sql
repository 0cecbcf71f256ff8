-- src/sharing/holdings.sql: what units make known of their holdings.

CREATE TABLE pkint.holdings_answer
(
	unit			text PRIMARY KEY,
	answer			text NOT NULL CHECK (answer IN ('nothing', 'existence', 'sanitised')),
	decided_by_name	name NOT NULL,
	decided_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.holdings_answer IS
	'what each unit lets pkint.holdings() tell everybody of its rows: nothing, that there are some, or also months, categories and rough numbers';
SELECT pg_catalog.pg_extension_config_dump('pkint.holdings_answer', '');
CREATE TRIGGER new_names_unit AFTER INSERT ON pkint.holdings_answer REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('unit', 'unit', 'code');
GRANT SELECT ON pkint.holdings_answer TO PUBLIC;

CREATE FUNCTION pkint.answer_holdings(unit text, answer text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.check_unit(unit);
	PERFORM pkint.require_duty('release_officer', unit);
	INSERT INTO pkint.holdings_answer AS h VALUES (answer_holdings.unit, answer_holdings.answer, pkint.role_name(pkint.deciding_person()), clock_timestamp())
		ON CONFLICT ON CONSTRAINT holdings_answer_pkey DO UPDATE SET answer = EXCLUDED.answer,
			decided_by_name = EXCLUDED.decided_by_name, decided_at = EXCLUDED.decided_at;
	PERFORM pkint.record('answer_holdings', detail => jsonb_build_object('unit', unit, 'answer', answer));
END
$$;
COMMENT ON FUNCTION pkint.answer_holdings(text, text) IS
	'what pkint.holdings() tells everybody of a unit''s rows: nothing (as long as this is not called), existence, or sanitised. The unit''s release officer decides. Example: SELECT pkint.answer_holdings(''JMAC'', ''existence'')';

CREATE FUNCTION pkint.holdings(area geography DEFAULT NULL, during tstzrange DEFAULT NULL, category text DEFAULT NULL)
	RETURNS TABLE (unit text, answer text, about text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT pkint.check_categories(ARRAY[holdings.category], NULL) WHERE holdings.category IS NOT NULL;
	SELECT h.unit, h.answer,
		CASE WHEN h.answer = 'sanitised' THEN CASE WHEN count(*) < 10 THEN pkint.say('fewer than 10 rows')
			WHEN count(*) < 100 THEN pkint.say('some tens of rows') ELSE pkint.say('hundreds of rows or more') END
			ELSE pkint.say('holds something; ask its release officer') END
	FROM pkint.holdings_answer h,
		pkint.matching_rows(NULL, NULL, holdings.area, holdings.during, CASE WHEN holdings.category IS NOT NULL THEN ARRAY[holdings.category] END) m
	WHERE h.answer <> 'nothing' AND h.unit = ANY (pkint.originators(m.label))
		AND pkint.level(m.label)::text <> 'STRICTLY CONFIDENTIAL' AND pg_catalog.cardinality(pkint.caveats(m.label)) = 0
	GROUP BY h.unit, h.answer ORDER BY h.unit;
	END;
COMMENT ON FUNCTION pkint.holdings(geography, tstzrange, text) IS
	'which units hold something about a place, a period, a category, as far as each lets that be known; STRICTLY CONFIDENTIAL rows and rows with caveats are never counted. A category that no row could have is an error. What one may read oneself, SELECT shows. Example: SELECT * FROM pkint.holdings(during => ''[2022-11-01,2022-12-01)'', category => ''CIV'')';
