#!/bin/bash
# test/bench/redaction.sh: precision and recall of redact() on narratives made
# from the names in $PKINT_DATA/names.  Needs PGDATABASE with the extension and a
# key; prints the figures for docs/sources.md.
set -u
file=${PKINT_DATA:?}/names/faker_names.csv
psql -X -q -v ON_ERROR_STOP=1 <<SQL
	SET client_min_messages = warning;
	DO 'BEGIN PERFORM setseed(0.42); END';
	CREATE ROLE measure_keeper LOGIN;
	INSERT INTO pkint.unit (code, name) VALUES ('MEASURE', 'measured');
	INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
	VALUES ('measure_keeper'::regrole, 'measure_keeper', 'source_custodian', 'MEASURE', now() + interval '1 day', 10, 'measure');
	CREATE TABLE part (locale text, part text, name text);
	\\copy part FROM '$file' WITH (FORMAT csv, HEADER)
	CREATE TABLE person AS
	SELECT row_number() OVER (ORDER BY random()) AS id, locale, given, family FROM (
		SELECT locale, given, family, row_number() OVER (PARTITION BY locale ORDER BY random()) AS n
		FROM (SELECT locale, name AS given FROM part WHERE part LIKE 'first_name%') g JOIN (SELECT locale, name AS family FROM part WHERE part = 'last_name') f USING (locale)
		WHERE random() < 0.05) t
	WHERE n <= 60;
	-- half of them are sources; the others, of the same names' parts, are not
	ALTER TABLE person ADD is_source boolean, ADD code pkint.source_code;
	UPDATE person SET is_source = id % 2 = 0;
	GRANT ALL ON person TO PUBLIC;
SQL
psql -X -q -o /dev/null -U measure_keeper -c "SET client_min_messages = error; UPDATE person SET code = pkint.register_source('MEASURE', jsonb_build_object('name', given || ' ' || family), true, false) WHERE is_source"
psql -X -q -U measure_keeper <<'SQL'
	SET client_min_messages = error;
	CREATE TEMP TABLE mention AS
	SELECT p.*, k.kind, format(k.story, k.form) AS narrative, k.form
	FROM person p, LATERAL (VALUES
		('as registered', 'On Monday %s told the patrol of it.', given || ' ' || family),
		('family name first', 'Selon %s, la route est fermée.', family || ' ' || given),
		('capitals', 'SOURCE %s SAID SO.', upper(given || ' ' || family)),
		('without accents', 'Seen with %s at noon.', translate(given || ' ' || family, 'éèêëàâäîïôöûüçÉÈÀÂÎÔ', 'eeeeaaaiioouucEEAAIO')),
		('French article', 'Les propos d''%s et de l''aide.', given || ' ' || family),
		('Arabic particle', 'قال و%s ذلك', given || ' ' || family),
		('vowels otherwise', 'Then %s left.', translate(given || ' ' || family, 'ouei', 'uoie'))) AS k (kind, story, form)
	WHERE k.kind <> 'Arabic particle' OR locale LIKE 'ar%';
	SELECT kind, count(*) FILTER (WHERE is_source) AS mentions,
		round(100.0 * count(*) FILTER (WHERE is_source AND strpos(shown, form) = 0) / nullif(count(*) FILTER (WHERE is_source), 0), 1) AS recall,
		round(100.0 * count(*) FILTER (WHERE is_source AND shown <> narrative) / nullif(count(*) FILTER (WHERE shown <> narrative), 0), 1) AS precision
	FROM (SELECT *, pkint.redact(narrative, 'MEASURE') AS shown FROM mention) m
	GROUP BY ROLLUP (kind) ORDER BY kind;
SQL
