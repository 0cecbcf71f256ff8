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

-- What is told of rows that the asker may not read is made from nothing finer than
-- the square of 10 km, the whole days and the group of the category that a row
-- lies in: whatever is asked, and however often, tells no more than these.

CREATE FUNCTION pkint.holdings_condition(known pkint.protected_table, with_area boolean, with_time boolean, with_category boolean) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	gis text := pkint.postgis_schema();
	place_type text := (SELECT typname FROM pg_catalog.pg_type WHERE oid = pkint.column_type(known.relation, known.place_column));
	time_type text := (SELECT typname FROM pg_catalog.pg_type WHERE oid = pkint.column_type(known.relation, known.time_column));
	place text := CASE WHEN place_type IS NULL THEN '' WHEN place_type = 'footprint' THEN format('r.%I', known.place_column)
		ELSE format('CASE WHEN NOT %1$s.st_isempty(r.%2$I::%1$s.geometry) THEN pkint.footprint(%1$s.st_force2d(r.%2$I::%1$s.geometry)::%1$s.geography) END', gis, known.place_column) END;
	square text := format('pkint.footprint(pkint.mgrs(%s, 1), ''(,)''::tstzrange)', place);
	period text := CASE WHEN time_type IS NOT NULL THEN format(CASE time_type WHEN 'footprint' THEN 'pkint.during(r.%1$I)' WHEN 'tstzrange' THEN 'r.%1$I'
		ELSE 'tstzrange(r.%1$I::timestamptz, r.%1$I::timestamptz, ''[]'')' END, known.time_column) END;
	condition text := 'true';
BEGIN
	IF with_area AND place_type IS NULL OR with_time AND time_type IS NULL OR with_category AND pkint.column_type(known.relation, known.category_column) IS NULL THEN
		RETURN NULL;
	END IF;
	IF with_area THEN
		-- the first part only keeps the second from being asked for rows far away
		condition := condition || format(' AND %1$s.st_dwithin($1, pkint.place(%2$s), pkint.radius_m(%2$s) + 40000)'
			' AND %1$s.st_dwithin($1, pkint.place(%3$s), pkint.radius_m(%3$s) + 10000 * ceil(pkint.radius_m(%2$s) / 10000))', gis, place, square);
	END IF;
	IF with_time THEN
		condition := condition || format(' AND NOT isempty(%1$s) AND $2 && tstzrange(date_trunc(''day'', lower(%1$s), ''UTC''),'
			' date_trunc(''day'', upper(%1$s) - CASE WHEN upper_inc(%1$s) THEN interval ''0'' ELSE interval ''1 microsecond'' END, ''UTC'') + interval ''1 day'')', period);
	END IF;
	IF with_category THEN
		condition := condition || format(' AND split_part(r.%I::text, ''-'', 1) = split_part($3, ''-'', 1)', known.category_column);
	END IF;
	RETURN condition;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.holdings_condition(pkint.protected_table, boolean, boolean, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.holdings_condition(pkint.protected_table, boolean, boolean, boolean) IS
	'a condition on rows r of a protected table with $1 an area, $2 a period and $3 a category, each row taken as its square of 10 km, its radius as full tens of kilometres, its time as whole days and its category as its group; NULL where the table has no such column';

CREATE FUNCTION pkint.held_labels(relation regclass, label_column name, condition text, area geography, during tstzrange, category text)
	RETURNS TABLE (label pkint.label, rows bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '500ms'
	AS $$
BEGIN
	PERFORM pkint.become_owner(relation);
	FOR label, rows IN EXECUTE format('SELECT r.%I, count(*) FROM %s r WHERE %s GROUP BY 1', label_column, relation, condition)
		USING area, during, category
	LOOP
		RETURN NEXT;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.held_labels(regclass, name, text, geography, tstzrange, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.held_labels(regclass, name, text, geography, tstzrange, text) IS
	'how many rows r of one table meet a condition, by label, read with its owner''s rights';

CREATE FUNCTION pkint.held(area geography, during tstzrange, category text, OUT unit text, OUT answer text, OUT rows bigint) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table;
	condition text;
BEGIN
	FOR known IN SELECT * FROM pkint.admitted_tables() LOOP
		condition := pkint.holdings_condition(known, area IS NOT NULL, during IS NOT NULL, category IS NOT NULL);
		CONTINUE WHEN condition IS NULL;
		-- one that is broken, or locked, is passed over
		BEGIN
			PERFORM pkint.pin_now(known.relation);
			RETURN QUERY SELECT h.unit, h.answer, sum(l.rows)::bigint
				FROM pkint.held_labels(known.relation, known.label_column, condition, area, during, category) l
					JOIN pkint.holdings_answer h ON h.answer <> 'nothing' AND h.unit = ANY (pkint.originators(l.label))
				WHERE pkint.level(l.label)::text <> 'STRICTLY CONFIDENTIAL' AND cardinality(pkint.caveats(l.label)) = 0
				GROUP BY h.unit, h.answer;
		EXCEPTION WHEN OTHERS THEN
			PERFORM pkint.note_fence(known.relation, SQLSTATE);
		END;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.held(geography, tstzrange, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.held(geography, tstzrange, text) IS
	'of each table what the units that let it be known hold there: a step of pkint.holdings()';

CREATE FUNCTION pkint.area_in_words(area geography) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT ST_AsText(ST_Envelope(geometry(area)), 1);
	END;
REVOKE EXECUTE ON FUNCTION pkint.area_in_words(geography) FROM PUBLIC;
COMMENT ON FUNCTION pkint.area_in_words(geography) IS 'the box around an area to a tenth of a degree, for the record';

CREATE FUNCTION pkint.count_question(person oid) RETURNS integer
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_count_question';
REVOKE EXECUTE ON FUNCTION pkint.count_question(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.count_question(oid) IS
	'counts a question of this person, whatever becomes of the transaction: pkint.holdings_per_day where this one goes beyond it today, else NULL';

CREATE FUNCTION pkint.check_question(area geography, during tstzrange, category text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO'
	AS $$
DECLARE
	asker oid := pkint.calling_role();
	cleared boolean := pkint.readable_by(asker, 'UNCLASSIFIED//REL ALL');
	most integer := pkint.count_question(asker);
BEGIN
	IF most IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('you have asked pkint.holdings() %s times today, which is the limit', most)
			USING ERRCODE = 'configuration_limit_exceeded',
			HINT = pkint.say('Ask wider questions tomorrow, or request what you need: pkint.request_access().');
	END IF;
	PERFORM pkint.record_now('holdings', detail => jsonb_build_object('area', pkint.area_in_words(area), 'during', during,
		'category', category, 'cleared', cleared));
	IF NOT cleared THEN
		RAISE NOTICE '%', pkint.say('you have no valid clearance, so that nothing is told to you of what units hold')
			USING HINT = pkint.say('A security officer gives clearances with pkint.set_clearance().');
	END IF;
	RETURN cleared;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_question(geography, tstzrange, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_question(geography, tstzrange, text) IS
	'puts a question to pkint.holdings() on record before it is answered; false for somebody without a clearance, and raises configuration_limit_exceeded where it is one too many for the day';

CREATE FUNCTION pkint.tell_what_is_closed() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	units bigint;
	closed bigint;
BEGIN
	SELECT count(*), count(*) FILTER (WHERE coalesce(h.answer, 'nothing') = 'nothing') INTO units, closed
		FROM pkint.unit u LEFT JOIN pkint.holdings_answer h ON h.unit = u.code
		WHERE u.opened <= pkint.clock() AND u.closed > pkint.clock();
	IF closed = units THEN
		RAISE NOTICE '%', pkint.say('no unit lets be known what it holds, so that this answer says nothing')
			USING HINT = pkint.say('Ask for what you need with pkint.request_access(): it reaches the release officers whether or not there is anything.');
	ELSIF closed > 0 THEN
		RAISE NOTICE '%', pkint.say('%s of %s units let nothing be known of what they hold', closed, units)
			USING HINT = pkint.say('Ask for what you need with pkint.request_access(): it reaches the release officers whether or not there is anything.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.tell_what_is_closed() FROM PUBLIC;
COMMENT ON FUNCTION pkint.tell_what_is_closed() IS
	'says how many units an answer of pkint.holdings() leaves out whatever they hold, so that an empty one is not taken for peace';

CREATE FUNCTION pkint.holdings(area geography DEFAULT NULL, during tstzrange DEFAULT NULL, category text DEFAULT NULL)
	RETURNS TABLE (unit text, answer text, about text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.check_categories(ARRAY[category], NULL) WHERE category IS NOT NULL;
	IF NOT pkint.check_question(area, during, category) THEN
		RETURN;
	END IF;
	PERFORM pkint.tell_what_is_closed();
	RETURN QUERY SELECT h.unit, h.answer, CASE WHEN h.answer = 'existence' THEN pkint.say('holds something; ask its release officer')
			WHEN sum(h.rows) < 10 THEN pkint.say('fewer than 10 rows') WHEN sum(h.rows) < 100 THEN pkint.say('some tens of rows')
			ELSE pkint.say('hundreds of rows or more') END
		FROM pkint.held(area, during, category) h GROUP BY h.unit, h.answer ORDER BY h.unit;
END
$$;
COMMENT ON FUNCTION pkint.holdings(geography, tstzrange, text) IS
	'which units hold something about a place, a period, a category, as far as each lets that be known; STRICTLY CONFIDENTIAL rows and rows with caveats are never counted. A row counts with its square of 10 km, with whole days and with the group of its category (CIV for CIV-ABD), so that asking again, more narrowly or from elsewhere, tells no more. A category that no row could have is an error. For people with a clearance; each question is on record before it is answered, and one person asks pkint.holdings_per_day times a day at most. How many units let nothing be known is said in a notice. What one may read oneself, SELECT shows. Example: SELECT * FROM pkint.holdings(during => ''[2022-11-01,2022-12-01)'', category => ''CIV'')';
