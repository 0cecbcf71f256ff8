-- src/register/corroboration.sql: how many people, and not how many reports, say that something happened.

CREATE TYPE pkint.corroboration AS (reports integer, units integer, without_code integer, source_codes integer, people integer, note text);
COMMENT ON TYPE pkint.corroboration IS 'what stands behind an incident, as pkint.corroboration() tells it';

CREATE FUNCTION pkint.corroboration(report bigint, register name DEFAULT NULL) RETURNS pkint.corroboration
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result pkint.corroboration;
	codes pkint.source_code[];
BEGIN
	register := COALESCE(register, pkint.only_register());
	EXECUTE format($sql$
		SELECT count(*), count(DISTINCT r.unit), count(*) FILTER (WHERE r.source IS NULL), count(DISTINCT r.source), array_agg(DISTINCT r.source) FILTER (WHERE r.source IS NOT NULL)
		FROM pkint.incident_of($1, $2) m JOIN %I.report r ON r.id = m.member$sql$, register)
	INTO result.reports, result.units, result.without_code, result.source_codes, codes USING report, register;
	IF result.reports = 0 THEN
		RETURN NULL;
	END IF;
	-- one number for two codes would tell whether they are one person
	IF result.source_codes >= 3 THEN
		result.people := pkint.independent_sources(codes);
	ELSIF result.source_codes = 2 THEN
		result.note := pkint.say('whether two codes are two people is told by their custodians: pkint.ask_independence()');
	ELSE
		result.note := pkint.say('people are counted for three codes or more');
	END IF;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pkint.corroboration(bigint, name) IS
	'what stands behind an incident, cited by any of its reports, as far as the caller may read it: reports, units, reports without the code of a source, different codes, and how many different people those codes are. Two units may lean on one source, so it is people that corroborate, not reports. People are counted as pkint.independent_sources() counts them: for three codes or more, on the record, so many times a day, not for nearly the same codes, not in a transaction block; else null, with a note that says whom to ask. NULL for a report that the caller may not read. Example: SELECT * FROM pkint.corroboration(12, ''mission'')';
