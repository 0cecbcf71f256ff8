-- src/register/matching.sql: which reports may be about one event, and what people decide about that.

CREATE TYPE pkint.match_pair AS (
	report_a bigint,
	report_b bigint,
	unit_a text,
	unit_b text,
	label pkint.label,
	evidence double precision[],
	earlier pkint.footprint,
	later pkint.footprint
);
COMMENT ON TYPE pkint.match_pair IS
	'a step of pkint.suggest_matches(): two reports that may be about one event, and what speaks for it';

CREATE FUNCTION pkint.match_query(register name, condition text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
	-- texts are read last, once for each report, and of those alone that words could still bring over the threshold
	SELECT format($sql$
		WITH near AS MATERIALIZED (
			SELECT a.id AS a, b.id AS b, a.unit AS unit_a, b.unit AS unit_b, a.label AS label_a, b.label AS label_b,
				a.footprint AS footprint_a, b.footprint AS footprint_b, e.evidence
			FROM %1$I.report a
			JOIN %1$I.report b ON pkint.within(b.footprint, a.footprint, 1000, '1 day') AND %2$s
			CROSS JOIN LATERAL pkint.match_evidence(
				a.footprint, a.code, a.actor, a.actor2, COALESCE(a.killed_low, a.killed), COALESCE(a.killed_high, a.killed),
				COALESCE(a.injured_low, a.injured), COALESCE(a.injured_high, a.injured), NULL,
				b.footprint, b.code, b.actor, b.actor2, COALESCE(b.killed_low, b.killed), COALESCE(b.killed_high, b.killed),
				COALESCE(b.injured_low, b.injured), COALESCE(b.injured_high, b.injured), NULL) AS e (evidence)
			WHERE pkint.radius_m(a.footprint) <= 200000 AND pkint.radius_m(b.footprint) <= 200000
				AND (a.unit <> b.unit OR a.unit = ANY ($2))
				AND pkint.match_score(e.evidence) + 2 >= $1
		), told AS MATERIALIZED (
			SELECT r.id, concat_ws(' ', r.title, pkint.redacted(%3$L::regclass, r.id::text, 'narrative')) AS words
			FROM %1$I.report r JOIN (SELECT n.a AS id FROM near n UNION SELECT n.b FROM near n) AS n ON n.id = r.id
		)
		SELECT array_agg(DISTINCT ROW(least(n.a, n.b), greatest(n.a, n.b),
			CASE WHEN n.a < n.b THEN n.unit_a ELSE n.unit_b END, CASE WHEN n.a < n.b THEN n.unit_b ELSE n.unit_a END,
			n.label_a OPERATOR(pkint.|) n.label_b, e.evidence,
			CASE WHEN n.footprint_a OPERATOR(pkint.<) n.footprint_b THEN n.footprint_a ELSE n.footprint_b END,
			CASE WHEN n.footprint_a OPERATOR(pkint.<) n.footprint_b THEN n.footprint_b ELSE n.footprint_a END)::pkint.match_pair)
		FROM near n JOIN told a ON a.id = n.a JOIN told b ON b.id = n.b
		CROSS JOIN LATERAL (SELECT n.evidence[1:6] || pkint.match_words(a.words, b.words)) AS e (evidence)
		WHERE pkint.match_score(e.evidence) >= $1$sql$, register, condition, format('%I.report', register));
END;
COMMENT ON FUNCTION pkint.match_query(name, text) IS
	'a step of pkint.suggest_matches(): the query for pairs of reports of a register, found by the index over footprints';

CREATE FUNCTION pkint.match_candidates(register name, reports bigint[], threshold double precision, several text[]) RETURNS pkint.match_pair[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	pairs pkint.match_pair[] := '{}'::pkint.match_pair[];
	more pkint.match_pair[];
	seen bigint[] := reports;
	frontier bigint[] := reports;
BEGIN
	IF reports IS NULL THEN
		EXECUTE pkint.match_query(register, 'a.id < b.id') INTO pairs USING threshold, several;
		RETURN COALESCE(pairs, '{}');
	END IF;
	-- from the new reports to their partners, and to theirs: each probes the index once
	WHILE cardinality(frontier) > 0 LOOP
		EXECUTE pkint.match_query(register, 'a.id <> b.id AND a.id = ANY ($3)') INTO more USING threshold, several, frontier;
		pairs := pairs || COALESCE(more, '{}');
		SELECT COALESCE(array_agg(DISTINCT id), '{}') INTO frontier
		FROM unnest(more) AS m CROSS JOIN LATERAL (VALUES (m.report_a), (m.report_b)) AS v (id) WHERE id <> ALL (seen);
		seen := seen || frontier;
	END LOOP;
	RETURN ARRAY(SELECT DISTINCT p FROM unnest(pairs) AS p);
END
$$;
COMMENT ON FUNCTION pkint.match_candidates(name, bigint[], double precision, text[]) IS
	'a step of pkint.suggest_matches(): all pairs above the threshold, or those that some reports can have a part in';

CREATE FUNCTION pkint.match_label(label pkint.label) RETURNS pkint.label
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own text[];
BEGIN
	IF NOT pkint.can_read(label) THEN
		RETURN NULL;
	END IF;
	-- units that one is in, the home unit before a site cell; not those that one reads only
	own := ARRAY (SELECT u.code FROM pkint.unit u WHERE pkint.in_unit(u.code) ORDER BY u.kind = 'cell', u.code);
	IF pkint.originators(label) && own OR pkint.originators(label) <@ '{MISSION,UN}' OR cardinality(own) = 0 THEN
		RETURN label;
	END IF;
	-- what is derived is its maker's too
	RETURN pkint.make_label(pkint.level(label), pkint.caveats(label), pkint.releasable_to(label), pkint.originators(label) || own[1]);
END
$$;
COMMENT ON FUNCTION pkint.match_label(pkint.label) IS
	'a step of pkint.suggest_matches(): the label of a match between reports of the combined label, or null where the asker may not read what is combined; his unit becomes an originator where it is none';

CREATE TYPE pkint.suggested_match AS (report_a bigint, report_b bigint, score double precision, reasons jsonb);
COMMENT ON TYPE pkint.suggested_match IS 'a pair of reports that may be about one event, with its score and the parts of it';

CREATE FUNCTION pkint.suggest_matches(register name, reports bigint[] DEFAULT NULL, threshold double precision DEFAULT 4,
		several text[] DEFAULT '{}')
	RETURNS SETOF pkint.suggested_match
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	pairs pkint.match_pair[];
BEGIN
	PERFORM pkint.check_register_name(register);
	IF NOT row_security_active(format('%I.report', register)) AND pkint.session_clearance() IS NULL THEN
		RAISE NOTICE '%', pkint.say('whoever reads past need-to-know and has no clearance enters no matches')
			USING HINT = pkint.say('Ask as somebody who is cleared and reads the reports of several units; a match belongs to those who may read both.');
	END IF;
	pairs := pkint.match_candidates(register, reports, threshold, several);
	RETURN QUERY EXECUTE format($sql$
		WITH pair AS MATERIALIZED (
			SELECT p.report_a, p.report_b, p.unit_a, p.unit_b, p.label, p.evidence, p.earlier, p.later,
				pkint.match_score(p.evidence) AS score, k.id AS known, COALESCE(k.status, 'new') AS status
			FROM unnest($1) AS p LEFT JOIN %1$I.match k ON k.report_a = p.report_a AND k.report_b = p.report_b
		), confirmed AS (
			SELECT k.report_a, k.report_b, a.unit AS unit_a, b.unit AS unit_b
			FROM %1$I.match k JOIN %1$I.report a ON a.id = k.report_a JOIN %1$I.report b ON b.id = k.report_b
			WHERE k.status = 'confirmed' AND ($3 OR EXISTS (SELECT FROM pair p WHERE k.report_a IN (p.report_a, p.report_b) OR k.report_b IN (p.report_a, p.report_b)))
		), unit AS (
			-- units that say so may have several reports of one event: they count for none
			SELECT u.unit, CASE WHEN u.unit = ANY ($2) THEN -1 ELSE row_number() OVER (ORDER BY u.unit) END::integer AS number
			FROM (SELECT unit_a AS unit FROM pair UNION SELECT unit_b FROM pair UNION SELECT unit_a FROM confirmed UNION SELECT unit_b FROM confirmed) AS u
		), ranked AS MATERIALIZED (
			-- what people confirmed stands first; what they rejected does not take part
			SELECT r.report_a, r.report_b, x.number AS ua, y.number AS ub, row_number() OVER (ORDER BY r.stands DESC, r.score DESC, r.earlier, r.later, r.report_a, r.report_b) AS n
			FROM (SELECT c.report_a, c.report_b, c.unit_a, c.unit_b, true AS stands, 0 AS score, NULL AS earlier, NULL AS later FROM confirmed c
				UNION ALL
				SELECT p.report_a, p.report_b, p.unit_a, p.unit_b, false, p.score, p.earlier, p.later FROM pair p
				WHERE p.status NOT IN ('confirmed', 'rejected')) AS r
			JOIN unit x ON x.unit = r.unit_a JOIN unit y ON y.unit = r.unit_b
		), choice AS MATERIALIZED (
			SELECT pkint.choose_matches(array_agg(r.report_a ORDER BY r.n), array_agg(r.report_b ORDER BY r.n),
				array_agg(r.ua ORDER BY r.n), array_agg(r.ub ORDER BY r.n)) AS taken FROM ranked r HAVING count(*) > 0
		), chosen AS MATERIALIZED (
			SELECT r.report_a, r.report_b, t.taken
			FROM choice c CROSS JOIN LATERAL unnest(c.taken) WITH ORDINALITY AS t (taken, n) JOIN ranked r ON r.n = t.n
		), label AS MATERIALIZED (
			SELECT d.label, pkint.match_label(d.label) AS stored FROM (SELECT DISTINCT p.label FROM pair p WHERE p.status = 'new') AS d
		), superseded AS (
			UPDATE %1$I.match k SET status = 'displaced', note = pkint.say('a better match of one of the reports is suggested')
			FROM chosen c WHERE k.report_a = c.report_a AND k.report_b = c.report_b AND NOT c.taken AND k.status = 'suggested'
		), revived AS (
			UPDATE %1$I.match k SET status = 'suggested', note = NULL
			FROM chosen c WHERE k.report_a = c.report_a AND k.report_b = c.report_b AND c.taken AND k.status = 'displaced'
		), entered AS (
			INSERT INTO %1$I.match (label, report_a, report_b, score, reasons)
			SELECT l.stored, p.report_a, p.report_b, p.score, pkint.match_parts(p.evidence)
			FROM pair p JOIN chosen c ON c.report_a = p.report_a AND c.report_b = p.report_b AND c.taken JOIN label l ON l.label OPERATOR(pkint.=) p.label
			WHERE p.status = 'new' AND l.stored IS NOT NULL
		)
		SELECT p.report_a, p.report_b, p.score, pkint.match_parts(p.evidence)
		FROM pair p JOIN chosen c ON c.report_a = p.report_a AND c.report_b = p.report_b AND c.taken LEFT JOIN label l ON l.label OPERATOR(pkint.=) p.label
		WHERE p.status <> 'new' OR l.stored IS NOT NULL
		ORDER BY p.score DESC, p.report_a, p.report_b$sql$, register)
	USING pairs, several, reports IS NULL;
END
$$;
COMMENT ON FUNCTION pkint.suggest_matches(name, bigint[], double precision, text[]) IS
	'finds pairs of reports that may be about one event, enters them into the register''s table match as suggested, and returns them with score and reasons (log-odds of place, time, category, actors, killed, injured and words; the sum must reach the threshold). Only reports that the caller may read take part, and a match carries the combined label of both, so that nobody learns of a report that he may not read. An incident gets at most one report of each unit, unless the unit stands in "several". With an array of reports only these and what they touch is looked at. Confirmed matches stand, rejected ones stay away, and suggestions that a better one displaces come back when it goes. Places vaguer than 200 km do not take part. Example: SELECT * FROM pkint.suggest_matches(''mission'')';

CREATE FUNCTION pkint.decide_match(register name, report_a bigint, report_b bigint, outcome text, note text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed bigint;
BEGIN
	PERFORM pkint.check_register_name(register);
	EXECUTE format($sql$
		UPDATE %1$I.match k SET status = $3, note = $4
		WHERE k.report_a = least($1, $2) AND k.report_b = greatest($1, $2)
			AND EXISTS (SELECT FROM %1$I.report r WHERE r.id IN ($1, $2) AND pkint.in_unit(r.unit))$sql$, register)
	USING report_a, report_b, outcome, note;
	GET DIAGNOSTICS changed = ROW_COUNT;
	IF changed = 0 THEN
		RAISE EXCEPTION '%', pkint.say('there is no match between reports %s and %s for you to decide', report_a, report_b)
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('A match is decided by somebody of either report''s unit who may read both. See what is suggested with pkint.suggest_matches().');
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.decide_match(name, bigint, bigint, text, text) IS 'a step of pkint.confirm_match(), pkint.reject_match() and pkint.reopen_match()';

CREATE FUNCTION pkint.confirm_match(register name, report_a bigint, report_b bigint, note text DEFAULT NULL) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
	SELECT pkint.decide_match(register, report_a, report_b, 'confirmed', note);
END;
COMMENT ON FUNCTION pkint.confirm_match(name, bigint, bigint, text) IS
	'two reports are about one event: whoever may read both sees them as one row of incident. For somebody of either report''s unit who may read both; undone by reopen_match(). Example: SELECT pkint.confirm_match(''mission'', 12, 40)';
CREATE FUNCTION pkint.reject_match(register name, report_a bigint, report_b bigint, note text DEFAULT NULL) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
	SELECT pkint.decide_match(register, report_a, report_b, 'rejected', note);
END;
COMMENT ON FUNCTION pkint.reject_match(name, bigint, bigint, text) IS
	'two reports are about different events, and are not suggested again; undone by reopen_match(). Example: SELECT pkint.reject_match(''mission'', 12, 41, ''another village of that name'')';
CREATE FUNCTION pkint.reopen_match(register name, report_a bigint, report_b bigint, note text DEFAULT NULL) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
	SELECT pkint.decide_match(register, report_a, report_b, 'suggested', note);
END;
COMMENT ON FUNCTION pkint.reopen_match(name, bigint, bigint, text) IS
	'takes a decision about a match back: it is only suggested again. Example: SELECT pkint.reopen_match(''mission'', 12, 40)';

CREATE TYPE pkint.incident_member AS (member bigint, unit text, footprint pkint.footprint, code text, title text, grade text, label pkint.label);
COMMENT ON TYPE pkint.incident_member IS 'a report of an incident, as pkint.incident_of() tells it';

CREATE FUNCTION pkint.incident_of(report bigint, register name DEFAULT NULL)
	RETURNS SETOF pkint.incident_member
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 1000 ROWS 3
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	register := COALESCE(register, pkint.only_register());
	PERFORM pkint.check_register_name(register);
	RETURN QUERY EXECUTE format($sql$
		WITH RECURSIVE member (id) AS (
			SELECT r.id FROM %1$I.report r WHERE r.id = $1
			UNION
			SELECT o.id FROM member m CROSS JOIN LATERAL (
				SELECT k.report_b AS id FROM %1$I.match k WHERE k.report_a = m.id AND k.status = 'confirmed'
				UNION ALL
				SELECT k.report_a FROM %1$I.match k WHERE k.report_b = m.id AND k.status = 'confirmed') AS other
			JOIN %1$I.report o ON o.id = other.id)
		SELECT r.id, r.unit, r.footprint, r.code, r.title, r.grade::text, r.label FROM member JOIN %1$I.report r USING (id) ORDER BY r.id$sql$, register)
	USING report;
END
$$;
COMMENT ON FUNCTION pkint.incident_of(bigint, name) IS
	'the reports, of those that the caller may read, that are confirmed to be about the same event as one of them. Nothing for a report that he may not read. Example: SELECT * FROM pkint.incident_of(12)';
