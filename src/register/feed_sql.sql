-- src/register/feed_sql.sql: the one statement that reads a feed, made from its mapping.

CREATE FUNCTION pkint.geometry_place(shape public.geometry, OUT longitude double precision, OUT latitude double precision, OUT radius_m double precision)
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT public.ST_X(c.middle), public.ST_Y(c.middle),
		CASE WHEN public.ST_GeometryType(c.plain) = 'ST_Point' THEN NULL
			ELSE 1.001 * (SELECT max(public.ST_Distance(public.geography(c.middle), public.geography(d.geom))) FROM public.ST_DumpPoints(c.plain) d) END
	FROM (SELECT p.plain, CASE WHEN public.ST_GeometryType(p.plain) = 'ST_Point' THEN p.plain
				ELSE (public.ST_MinimumBoundingRadius(p.plain)).center END AS middle
		FROM (SELECT public.ST_Force2D(pkint.plain_place(shape)) AS plain) p
		WHERE NOT public.ST_IsEmpty(p.plain)) c;
END;
COMMENT ON FUNCTION pkint.geometry_place(public.geometry) IS
	'middle of a geometry on WGS 84 and, unless it is a point, the radius in metres of the circle around it; NULL for an empty one. SELECT * FROM pkint.geometry_place(''POLYGON((18 4, 19 4, 19 5, 18 4))'')';

CREATE FUNCTION pkint.try_point(value text) RETURNS public.geometry
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 20
RETURN CASE WHEN value ~* '^\s*(srid=4326;)?\s*point\s*\(\s*-?\d{1,3}(\.\d+)?\s+-?\d{1,3}(\.\d+)?\s*\)\s*$' THEN public.ST_GeomFromEWKT(value) END;
COMMENT ON FUNCTION pkint.try_point(text) IS
	'a point written as POINT(longitude latitude), or NULL where it is none. SELECT pkint.try_point(''POINT(18.55 4.37)'')';

CREATE FUNCTION pkint.mgrs_fault(reference text) RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'pkint_mgrs_fault';
COMMENT ON FUNCTION pkint.mgrs_fault(text) IS
	'why a text is no grid reference, or NULL if it is one. SELECT pkint.mgrs_fault(''33N WD 96'')';

CREATE FUNCTION pkint.label_fault(label text, OUT reason text, OUT message text, OUT hint text)
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_label_fault';
COMMENT ON FUNCTION pkint.label_fault(text) IS
	'why a text is no label: reason (bad label, national marking), message and hint; NULLs if it is one. SELECT * FROM pkint.label_fault(''SECRET'')';

CREATE FUNCTION pkint.vet_label(raw text, default_label pkint.label, check_writer boolean,
	OUT label pkint.label, OUT reason text, OUT message text, OUT hint text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF raw = '' THEN
		label := default_label;
	ELSE
		SELECT f.reason, f.message, f.hint INTO reason, message, hint FROM pkint.label_fault(raw) f;
		IF pkint.national_marking(raw) IS NOT NULL THEN
			reason := 'national marking';
		END IF;
		IF reason = 'national marking' THEN
			message := coalesce(message, pkint.say('the label bears a national classification marking'));
			hint := coalesce(hint, pkint.say('Have it released, or take it out.'));
		END IF;
		IF reason IS NOT NULL THEN
			RETURN;
		END IF;
		label := raw::pkint.label;
	END IF;
	BEGIN
		PERFORM pkint.check_vocabulary(label);
		IF check_writer AND NOT pkint.can_write(label) THEN
			RAISE insufficient_privilege USING MESSAGE = pkint.say('you may not give this label');
		END IF;
	EXCEPTION WHEN check_violation OR insufficient_privilege OR null_value_not_allowed THEN
		label := NULL;
		reason := 'label not yours to give';
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
		hint := coalesce(nullif(hint, ''), pkint.say('Give a label that the loader may read and whose originators are his unit.'));
	END;
END
$$;
COMMENT ON FUNCTION pkint.vet_label(text, pkint.label, boolean) IS
	'the label that a feed''s text stands for, or the reason why its rows go to quarantine; empty text is the default label';

-- --- from the mapping to expressions ------------------------------------------------------

CREATE FUNCTION pkint.feed_expression(spec jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	whole jsonb := CASE jsonb_typeof(spec) WHEN 'string' THEN jsonb_build_object('column', spec) ELSE spec END;
	lower_values jsonb := (SELECT jsonb_object_agg(lower(btrim(v.key)), v.value) FROM jsonb_each(whole -> 'values') v);
	result text;
BEGIN
	IF whole ? 'const' THEN
		RETURN format('%L::text', whole ->> 'const');
	ELSIF whole ? 'columns' THEN
		result := format('concat_ws(%L, %s)', coalesce(whole ->> 'separator', '/'),
			(SELECT string_agg(format('t.%I::text', c), ', ' ORDER BY n) FROM jsonb_array_elements_text(whole -> 'columns') WITH ORDINALITY x (c, n)));
	ELSE
		result := format('t.%I::text', whole ->> 'column');
	END IF;
	result := format('pkint.filled(%s)', result);
	IF lower_values IS NOT NULL THEN
		result := format('pkint.replaced(%s, %L::jsonb)', result, lower_values);
	END IF;
	IF whole ? 'default' THEN
		result := format('coalesce(%s, %L)', result, whole ->> 'default');
	END IF;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pkint.feed_expression(jsonb) IS 'the SQL expression, over a feed''s row t, of what a field is mapped to';

CREATE FUNCTION pkint.filled(value text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2
RETURN CASE WHEN btrim(value, E' \t\r\n\u00a0') IN ('', '-', '–', '—', '?', 'n/a', 'N/A', 'NULL') THEN NULL ELSE btrim(value, E' \t\r\n\u00a0') END;
COMMENT ON FUNCTION pkint.filled(text) IS
	'a cell without outer blanks, NULL where it says nothing: empty, a dash, a question mark, n/a. SELECT pkint.filled(''  - '')';

CREATE FUNCTION pkint.replaced(value text, replacements jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 3
RETURN CASE WHEN replacements ? lower(value) THEN replacements ->> lower(value) ELSE value END;
COMMENT ON FUNCTION pkint.replaced(text, jsonb) IS
	'a unit''s own word replaced by the common one, whatever its case; a word that is not listed stays. SELECT pkint.replaced(''Vol'', ''{"vol": "CRM-THF"}'')';

CREATE FUNCTION pkint.feed_source(feed pkint.feed) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	source regclass := (feed).relation::regclass;
	mapping jsonb := (feed).mapping;
	geometry_type text := (SELECT format_type(a.atttypid, NULL) FROM pg_attribute a WHERE a.attrelid = source
		AND a.attname = coalesce(mapping -> 'geometry' ->> 'column', mapping ->> 'geometry') AND a.attnum > 0);
	fields text;
	unmapped text;
	shape text := 'NULL::public.geometry';
BEGIN
	SELECT string_agg(format('%s AS f_%s', CASE WHEN mapping ? f.field AND f.kind <> 'geometry'
			THEN pkint.feed_expression(mapping -> f.field) ELSE 'NULL::text' END, f.field), E',\n\t\t' ORDER BY f.field) INTO fields
	FROM pkint.feed_field f;
	-- jsonb_build_object takes a hundred arguments, so columns go in by forties
	SELECT string_agg(chunk, ' || ' ORDER BY n) INTO unmapped
	FROM (SELECT (place - 1) / 40 AS n, format('jsonb_strip_nulls(jsonb_build_object(%s))',
				string_agg(format('%L, t.%I', attname, attname), ', ' ORDER BY place)) AS chunk
		FROM (SELECT a.attname, row_number() OVER (ORDER BY a.attnum) AS place FROM pg_attribute a
			WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped
				AND a.attname NOT IN (SELECT m.column_name FROM pkint.mapped_columns(mapping) m)) rest
		GROUP BY 1) chunks;
	IF geometry_type LIKE '%geometry%' OR geometry_type LIKE '%geography%' THEN
		shape := format('t.%I::public.geometry', coalesce(mapping -> 'geometry' ->> 'column', mapping ->> 'geometry'));
	ELSIF geometry_type IS NOT NULL THEN
		shape := format('pkint.try_point(%s)', pkint.feed_expression(mapping -> 'geometry'));
	END IF;
	RETURN format($sql$
	SELECT row_number() OVER () AS line, sha256(convert_to(%L || t::text, 'UTF8')) AS row_hash,
		%s,
		%s AS shape,
		nullif(%s, '{}') AS extra, to_jsonb(t) AS contents
	FROM %s t$sql$, md5(mapping::text), fields, shape, coalesce(unmapped, '''{}''::jsonb'), source);
END
$$;
COMMENT ON FUNCTION pkint.feed_source(pkint.feed) IS
	'the query that reads a feed''s table: for each row its number, its hash, each field as text, and what is left over';

CREATE FUNCTION pkint.feed_counts(mapping jsonb, OUT totals text, OUT parts text, OUT unread text)
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kinds text[] := '{killed,injured,missing,taken,survivors,displaced}'::text[];
BEGIN
	SELECT string_agg(format('coalesce(pkint.try_count(s.f_%1$s), %2$s) AS %1$s, pkint.try_count(s.f_%1$s_low) AS %1$s_low, pkint.try_count(s.f_%1$s_high) AS %1$s_high',
			kind, coalesce((SELECT '(SELECT sum(n) FROM (VALUES ' || string_agg(format('(pkint.try_count(s.f_%s))', f.field), ', ') || ') p (n))::int'
				FROM pkint.feed_field f WHERE f.kind = 'part' AND f.field LIKE k.kind || '\_%' AND mapping ? f.field), 'NULL')), E',\n\t\t' ORDER BY n) INTO totals
	FROM unnest(kinds) WITH ORDINALITY k (kind, n);
	SELECT 'nullif(jsonb_strip_nulls(jsonb_build_object(' || string_agg(format('%L, pkint.try_count(s.f_%s)', f.field, f.field), ', ' ORDER BY f.field) || ')), ''{}'')' INTO parts
	FROM pkint.feed_field f WHERE f.kind = 'part' AND mapping ? f.field;
	parts := coalesce(parts, 'NULL::jsonb');
	SELECT 'nullif(' || string_agg(chunk, ' || ') || ', ''{}'')' INTO unread
	FROM (SELECT format('jsonb_strip_nulls(jsonb_build_object(%s))', string_agg(format('%1$L, CASE WHEN %2$s THEN s.f_%1$s END', x.field, x.failed), ', ')) AS chunk
		FROM (SELECT f.field, row_number() OVER (ORDER BY f.field) AS n,
				format(CASE f.kind
					WHEN 'count' THEN 's.f_%1$s IS NOT NULL AND pkint.try_count(s.f_%1$s) IS NULL'
					WHEN 'part' THEN 's.f_%1$s IS NOT NULL AND pkint.try_count(s.f_%1$s) IS NULL'
					WHEN 'yes' THEN 's.f_%1$s IS NOT NULL AND pkint.try_yes(s.f_%1$s) IS NULL'
					WHEN 'number' THEN 's.f_%1$s IS NOT NULL AND w.%1$s IS NULL'
					WHEN 'clock' THEN 's.f_%1$s IS NOT NULL AND pkint.try_clock(s.f_%1$s) IS NULL'
					WHEN 'period' THEN 's.f_%1$s IS NOT NULL AND w.%1$s IS NULL'
					WHEN 'code' THEN 's.f_%1$s IS NOT NULL AND w.%1$s_kind IS NULL'
					ELSE 's.f_%1$s IS NOT NULL AND w.%1$s IS NULL' END, f.field) AS failed
			FROM pkint.feed_field f
			WHERE mapping ? f.field AND (f.kind IN ('count', 'part', 'yes', 'number', 'clock', 'code', 'word', 'words', 'grade')
				OR f.field IN ('reported', 'review_by'))) x
		GROUP BY (x.n - 1) / 40) chunks;
	unread := coalesce(unread, 'NULL::jsonb');
END
$$;
COMMENT ON FUNCTION pkint.feed_counts(jsonb) IS
	'expressions for the figures of a report: totals (of their parts, where only these are mapped), parts by sex and age, and what could not be read';

CREATE FUNCTION pkint.word_list(field text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
RETURN CASE
	WHEN field = 'agency' THEN '{deliberate,incidental,accidental,natural,unknown}'
	WHEN field IN ('perp', 'perp2') THEN '{state_force,foreign_force,armed_group,communal,criminal,crowd,individual,un,unidentified,none,unknown}'
	WHEN field = 'target' THEN '{civilian,un_staff,un_asset,aid,state_force,armed_group,communal,criminal,crowd,protected_site,property,none}'
	WHEN field = 'means' THEN '{firearm,ied,mine,grenade,indirect,air,explosive,blade,blunt,fire,vehicle,water,air_vehicle,other,unknown}'
END;
COMMENT ON FUNCTION pkint.word_list(text) IS
	'the words that agency, perp, perp2, target and means are told by, as an array in text. SELECT pkint.word_list(''means'')';

CREATE FUNCTION pkint.known_word(value text, words text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2
RETURN CASE WHEN lower(value) = ANY (words) THEN lower(value) END;
COMMENT ON FUNCTION pkint.known_word(text, text[]) IS
	'a word in small letters if it is one of a list, else NULL. SELECT pkint.known_word(''Deliberate'', ''{deliberate,unknown}'')';

CREATE FUNCTION pkint.known_words(value text, words text[]) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
RETURN CASE WHEN lower(value) = ANY (words) THEN ARRAY[lower(value)]
	WHEN value IS NOT NULL THEN (SELECT CASE WHEN bool_and(btrim(w) = ANY (words)) THEN array_agg(DISTINCT btrim(w)) END
		FROM unnest(string_to_array(translate(lower(value), ';|/+', ',,,,'), ',')) w)
END;
COMMENT ON FUNCTION pkint.known_words(text, text[]) IS
	'several words, between commas or semicolons, if all are of a list, else NULL. SELECT pkint.known_words(''civilian; aid'', ''{civilian,aid}'')';

-- --- from the text of the fields to a report --------------------------------------------------

CREATE FUNCTION pkint.time_kind_of(during tstzrange) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5
RETURN CASE
	WHEN lower(during) = upper(during) THEN 'exact'
	WHEN upper(during) - lower(during) <= interval '1 hour' THEN 'hour'
	WHEN upper(during) - lower(during) <= interval '25 hours' THEN 'day'
	WHEN upper(during) - lower(during) < interval '7 days' THEN 'days'
	WHEN upper(during) - lower(during) = interval '7 days' THEN 'week'
	WHEN upper(during) - lower(during) <= interval '31 days 1 hour' THEN 'month'
	ELSE 'year'
END;
COMMENT ON FUNCTION pkint.time_kind_of(tstzrange) IS
	'how a time is known, by its length: exact, hour, day, days, week, month or year. SELECT pkint.time_kind_of(''[2022-05-03,2022-05-04)'')';

CREATE FUNCTION pkint.feed_period(occurred tstzrange, occurred_to tstzrange, clock interval, kind text, unit text, margin interval, zone text)
	RETURNS tstzrange
	LANGUAGE sql STABLE PARALLEL SAFE COST 10
RETURN CASE
	WHEN occurred IS NULL OR lower(occurred_to) < lower(occurred) THEN NULL
	WHEN kind IS NOT NULL AND upper(occurred) - lower(occurred) <= interval '25 hours' THEN
		pkint.coded_range(lower(occurred), lower(occurred_to), unit, margin, zone)
	WHEN clock IS NOT NULL AND upper(occurred) - lower(occurred) <= interval '25 hours' THEN
		CASE WHEN upper(occurred_to) > lower(occurred) + clock
				AND lower(occurred_to) > lower(occurred) THEN tstzrange(lower(occurred) + clock, upper(occurred_to), '[)')
			ELSE tstzrange(lower(occurred) + clock, lower(occurred) + clock, '[]') END
	WHEN occurred_to IS NOT NULL THEN
		tstzrange(lower(occurred), greatest(upper(occurred_to), lower(occurred)), CASE WHEN upper_inc(occurred_to) THEN '[]' ELSE '[)' END)
	ELSE occurred
END;
COMMENT ON FUNCTION pkint.feed_period(tstzrange, tstzrange, interval, text, text, interval, text) IS
	'time range of a feed''s row from its first and last day, its time of day and its precision code; NULL where it ends before it begins';

-- say: every sentence from here
CREATE VIEW pkint.feed_fault (n, reason, message, hint) AS VALUES
	(1, 'no key', 'the row has no key', 'Give it one that no other row has.'),
	(2, 'national marking', NULL, 'Information that is classified at the national level is not for the mission''s register: have it released, or take it out.'),
	(3, 'national marking', 'title or narrative bears the marking "%s"',
		'Information that is classified at the national level is not for the mission''s register: have it released, or take it out.'),
	(4, 'duplicate key', 'the key "%s" is there more than once', 'Give each row a key of its own.'),
	(6, 'bad source code', 'the source is not a code', 'Write the code that he was given, JMAC:7H3Q-9F2M-ZS; nothing else about a source belongs here.'),
	(10, 'no place', 'there is no place', 'Give coordinates or a grid reference.'),
	(11, 'no place', 'there is a latitude without a longitude, or the other way round', 'Give both.'),
	(12, 'bad place', 'longitude "%s": %s', 'Write degrees, 18.55 or 18°33''00"E.'),
	(13, 'bad place', 'latitude "%s": %s', 'Write degrees, 4.37 or 4°22''00"N.'),
	(14, 'no place', 'the place is 0, 0', 'That is in the Atlantic and usually means that the cells were empty.'),
	(15, 'bad place', 'latitude %s, longitude %s: there is no such place', 'A latitude goes to 90 degrees, a longitude to 180.'),
	(16, 'bad mgrs', 'grid reference "%s": %s', 'Write it as 33N WD 96700 12300, with the same number of digits for both halves.'),
	(17, 'bad place', 'latitude %s, longitude %s: there is no such place', 'They look exchanged: a latitude goes to 90 degrees, a longitude to 180.'),
	(20, 'no date', 'there is no date', 'Give the day, the month or the year at least.'),
	(21, 'bad date', 'date "%s": %s', 'Write 2022-05-03 or 03/05/2022, day first; if the month comes first, say "format": "MDY" in the mapping.'),
	(22, 'bad date', 'last day "%s": %s', 'Write 2022-05-03 or 03/05/2022, day first; if the month comes first, say "format": "MDY" in the mapping.'),
	(23, 'bad date', 'it ends before it begins', 'Correct one of the two days.'),
	(30, 'not open to you', 'its report was changed in the register so that you may not change it', 'Ask the release officer of the unit.'),
	(31, 'label changed', 'the register''s label is %s', 'Use pkint.relabel(), then load again.')
	UNION ALL
	VALUES (5, 'label not yours to give', NULL, NULL);
-- say: to here
COMMENT ON VIEW pkint.feed_fault IS 'why a row of a feed goes to quarantine, and what to do; numbered in the order in which they are looked for';
GRANT SELECT ON pkint.feed_fault TO PUBLIC;

CREATE FUNCTION pkint.feed_query(feed pkint.feed, check_writer boolean) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mapping jsonb := (feed).mapping;
	counts record;
	format_of text := 'DMY';
BEGIN
	SELECT * INTO counts FROM pkint.feed_counts(mapping);
	RETURN format($sql$
WITH src AS MATERIALIZED (%1$s
), known AS MATERIALIZED (
	SELECT k.feed_key, k.id, k.row_hash, k.label, k.label::text AS label_text FROM pkint.feed_known(%2$L) k
), vetted AS MATERIALIZED (
	SELECT d.raw, v.label, v.label::text AS label_text, v.reason, v.message, v.hint
	FROM (SELECT coalesce(f_label, '') AS raw FROM src UNION SELECT label_text FROM known) d
	CROSS JOIN LATERAL pkint.vet_label(d.raw, %3$L::pkint.label, %18$L) v
), repeated AS MATERIALIZED (
	SELECT s.f_key, min(s.line) AS first_line, count(DISTINCT s.row_hash) > 1 AS differ
	FROM src s WHERE s.f_key IN (SELECT f_key FROM src GROUP BY f_key HAVING count(*) > 1)
	GROUP BY s.f_key
), told AS (
	SELECT s.*, v.label, v.label_text, v.reason AS label_reason, v.message AS label_message, v.hint AS label_hint,
		k.id AS known_id, k.row_hash AS known_hash, k.label AS known_label, k.label_text AS known_label_text,
		kv.reason AS known_reason, r.first_line, r.differ,
		coalesce(syn.code, CASE WHEN s.f_code ~* '^[a-z]{3}-[a-z0-9]{2,8}$' THEN upper(s.f_code) ELSE s.f_code END) AS code,
		w.*, x.during, x.time_kind,
		CASE WHEN w.mgrs_fault IS NULL AND s.f_mgrs IS NOT NULL AND w.lon IS NULL AND x.during IS NOT NULL THEN pkint.footprint(s.f_mgrs, x.during) END AS cell,
		%6$s,
		%7$s AS casualties,
		%8$s AS unread,
		pkint.national_marking(concat_ws(E'\n', s.f_title, s.f_narrative)) AS marking
	FROM src s
	LEFT JOIN vetted v ON v.raw = coalesce(s.f_label, '')
	LEFT JOIN known k ON k.feed_key = s.f_key
	LEFT JOIN vetted kv ON kv.raw = k.label_text
	LEFT JOIN repeated r ON r.f_key = s.f_key
	LEFT JOIN pkint.category_synonym syn ON syn.word = lower(s.f_code)
	LEFT JOIN pkint.place_precision pp ON pp.scheme = %4$L AND pp.code = lower(s.f_place_precision)
	LEFT JOIN pkint.time_precision tp ON tp.scheme = %5$L AND tp.code = lower(s.f_time_precision)
	CROSS JOIN LATERAL (
		SELECT coalesce(pkint.try_coordinate(s.f_longitude, false), g.longitude) AS lon,
			coalesce(pkint.try_coordinate(s.f_latitude, true), g.latitude) AS lat,
			CASE WHEN s.f_longitude IS NULL AND s.f_latitude IS NULL THEN pkint.mgrs_fault(s.f_mgrs) END AS mgrs_fault,
			CASE WHEN pkint.try_number(s.f_radius_m) BETWEEN 0 AND 20037508 THEN pkint.try_number(s.f_radius_m) END AS radius_m,
			pp.radius_m AS coded_radius_m, pp.kind AS place_precision_kind, tp.kind AS time_precision_kind, g.radius_m AS shape_radius_m,
			greatest(pkint.coordinate_error_m(s.f_longitude, false), pkint.coordinate_error_m(s.f_latitude, true)) AS written_radius_m,
			coalesce(s.f_timezone, 'UTC') AS zone,
			pkint.try_period(s.f_occurred, %9$L, coalesce(s.f_timezone, 'UTC')) AS occurred,
			pkint.try_period(s.f_occurred_to, %10$L, coalesce(s.f_timezone, 'UTC')) AS occurred_to,
			pkint.try_clock(s.f_occurred_time) AS clock,
			pkint.try_period(s.f_reported, %11$L, coalesce(s.f_timezone, 'UTC')) AS reported,
			pkint.try_period(s.f_review_by, %12$L, coalesce(s.f_timezone, 'UTC')) AS review_by,
			pkint.known_word(s.f_agency, %13$L) AS agency, pkint.known_word(s.f_perp, %14$L) AS perp, pkint.known_word(s.f_perp2, %14$L) AS perp2,
			pkint.known_words(s.f_target, %15$L) AS target, pkint.known_word(s.f_means, %16$L) AS means,
			substring(upper(regexp_replace(coalesce(s.f_grade, s.f_reliability || s.f_credibility), '[-/ ]', '')) FROM '^[A-F][1-6]$') AS grade,
			CASE WHEN pkint.is_source_code(s.f_source) THEN s.f_source WHEN pkint.is_source_code(%17$L || s.f_source) THEN %17$L || s.f_source END AS source_code,
			tp.unit AS time_unit, tp.margin AS time_margin
		FROM pkint.geometry_place(s.shape) g OFFSET 0) w
	CROSS JOIN LATERAL (SELECT t.during, coalesce(w.time_precision_kind, pkint.time_kind_of(t.during)) AS time_kind
		FROM (SELECT pkint.feed_period(w.occurred, w.occurred_to, w.clock, w.time_precision_kind, w.time_unit, w.time_margin, w.zone) AS during OFFSET 0) t OFFSET 0) x
), numbered AS (
	SELECT t.*, CASE
		WHEN t.f_key IS NULL THEN 1
		WHEN t.label_reason = 'national marking' THEN 2
		WHEN t.marking IS NOT NULL THEN 3
		WHEN t.first_line IS NOT NULL AND (t.differ OR t.line <> t.first_line) THEN 4
		WHEN t.known_hash = t.row_hash THEN NULL
		WHEN t.label_reason IS NOT NULL THEN 5
		WHEN t.f_source IS NOT NULL AND t.source_code IS NULL THEN 6
		WHEN t.f_longitude IS NULL AND t.f_latitude IS NULL THEN CASE
			WHEN t.lon IS NOT NULL THEN NULL
			WHEN t.f_mgrs IS NULL THEN 10
			WHEN t.mgrs_fault IS NOT NULL THEN 16 END
		WHEN t.f_longitude IS NULL OR t.f_latitude IS NULL THEN 11
		WHEN t.lon IS NULL THEN 12
		WHEN t.lat IS NULL THEN 13
		WHEN t.lon = 0 AND t.lat = 0 THEN 14
		WHEN abs(t.lat) > 90 AND abs(t.lat) <= 180 AND abs(t.lon) <= 90 THEN 17
		WHEN abs(t.lat) > 90 OR abs(t.lon) > 180 THEN 15 END AS place_fault,
		CASE
		WHEN t.known_hash = t.row_hash THEN NULL
		WHEN t.f_occurred IS NULL THEN 20
		WHEN t.occurred IS NULL THEN 21
		WHEN t.f_occurred_to IS NOT NULL AND t.occurred_to IS NULL THEN 22
		WHEN t.during IS NULL THEN 23
		WHEN t.known_id IS NOT NULL AND (t.known_reason IS NOT NULL OR t.known_label IS NULL) THEN 30
		WHEN t.known_id IS NOT NULL AND t.known_label_text IS DISTINCT FROM t.label_text
			AND (t.known_label OPERATOR(pkint.@>) t.label) IS NOT TRUE THEN 31 END AS time_fault
	FROM told t
), judged AS MATERIALIZED (
	SELECT t.*, CASE WHEN f.n = 5 THEN t.label_reason ELSE f.reason END AS reason,
		CASE f.n WHEN 2 THEN t.label_message WHEN 5 THEN t.label_message
			WHEN 3 THEN pkint.say(f.message, t.marking)
			WHEN 4 THEN pkint.say(f.message, t.f_key)
			WHEN 12 THEN pkint.say(f.message, t.f_longitude, pkint.reading_fault(t.f_longitude, 'longitude'))
			WHEN 13 THEN pkint.say(f.message, t.f_latitude, pkint.reading_fault(t.f_latitude, 'latitude'))
			WHEN 15 THEN pkint.say(f.message, t.f_latitude, t.f_longitude)
			WHEN 17 THEN pkint.say(f.message, t.f_latitude, t.f_longitude)
			WHEN 16 THEN pkint.say(f.message, t.f_mgrs, t.mgrs_fault)
			WHEN 21 THEN pkint.say(f.message, t.f_occurred, pkint.reading_fault(t.f_occurred, 'period', %9$L))
			WHEN 22 THEN pkint.say(f.message, t.f_occurred_to, pkint.reading_fault(t.f_occurred_to, 'period', %10$L))
			WHEN 31 THEN pkint.say(f.message, t.known_label_text)
			ELSE pkint.say(f.message) END AS message,
		CASE WHEN f.n = 5 THEN t.label_hint ELSE pkint.say(f.hint) END AS hint,
		CASE WHEN f.reason IS NOT NULL THEN 'quarantined'
			WHEN t.known_hash = t.row_hash THEN 'unchanged'
			WHEN t.known_id IS NOT NULL THEN 'updated'
			ELSE 'accepted' END AS state
	FROM numbered t
	LEFT JOIN pkint.feed_fault f ON f.n = coalesce(t.place_fault, t.time_fault)
)$sql$, pkint.feed_source(feed), (feed).name, (feed).default_label, mapping -> 'place_precision' ->> 'scheme', mapping -> 'time_precision' ->> 'scheme',
		counts.totals, counts.parts, counts.unread,
		coalesce(mapping -> 'occurred' ->> 'format', format_of), coalesce(mapping -> 'occurred_to' ->> 'format', mapping -> 'occurred' ->> 'format', format_of),
		coalesce(mapping -> 'reported' ->> 'format', format_of), coalesce(mapping -> 'review_by' ->> 'format', format_of),
		pkint.word_list('agency'), pkint.word_list('perp'), pkint.word_list('target'), pkint.word_list('means'), (feed).unit || ':', check_writer);
END
$$;
COMMENT ON FUNCTION pkint.feed_query(pkint.feed, boolean) IS
	'the WITH list that reads a feed and judges each row: state (accepted, unchanged, updated, quarantined) with its reason; check_writer tells whether labels are checked against the loader';
