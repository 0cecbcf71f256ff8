-- T32: nobody tests whether a name is a source; two units cannot join their
-- codes; a code of one unit quoted under another is refused.
\c - postgres
CREATE ROLE keeper_t32;
SET SESSION AUTHORIZATION officer;
SELECT NULL FROM pkint.appoint('keeper_t32', 'source_custodian', 'ALFA');
SET SESSION AUTHORIZATION keeper_t32;
SELECT NULL FROM pkint.register_source('ALFA', '{"name": "Gwendoline Abakar"}', true, false);
\c - mallory
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.told(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
	EXECUTE query INTO answer;
	RETURN 'answered: ' || coalesce(answer, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TEMP TABLE guess (attempt text, query text);
INSERT INTO guess VALUES
	('register the name to see whether a code comes back', $q$SELECT pkint.register_source('ALFA', '{"name": "Awa Diop"}', true, false)$q$),
	('redact a text of one''s own', $q$SELECT pkint.redact('Awa Diop', 'ALFA')$q$),
	('redact with a unit that there is not', $q$SELECT pkint.redact('Awa Diop', 'NOSUCH')$q$),
	('read the blind index', $q$SELECT count(*) FROM pkint.source_word$q$),
	('read the units'' index', $q$SELECT count(*) FROM pkint.source_name$q$),
	('read the vault', $q$SELECT count(*) FROM pkint.source$q$),
	('correct a code', $q$SELECT pkint.correct_source('JMAC:7H3Q-9F2M-ZS', '{"name": "Awa Diop"}')$q$),
	('a contact', $q$SELECT pkint.source_contact('JMAC:7H3Q-9F2M-ZS')$q$),
	('aliases', $q$SELECT pkint.source_aliases('JMAC:7H3Q-9F2M-ZS')$q$),
	('forget', $q$SELECT pkint.forget_source('JMAC:7H3Q-9F2M-ZS', 'x')$q$),
	('compare two codes behind the custodians'' backs', $q$SELECT pkint.same_source_answer('JMAC:7H3Q-9F2M-ZS', 'U2:7H3Q-9F2M-2E')$q$),
	('two codes at once', $q$SELECT pkint.independent_sources(ARRAY['JMAC:7H3Q-9F2M-ZS', 'U2:7H3Q-9F2M-2E']::pkint.source_code[])$q$),
	('coarsen any point', $q$SELECT pkint.approximate_place('POINT(1 1)', 1000)$q$),
	('coarsen by its inner function', $q$SELECT pkint.approximate_lonlat(1, 1, 1000)$q$),
	('statistics of the vault', $q$SELECT nullif(count(*), 0) || ' columns' FROM pg_stats WHERE schemaname = 'pkint' AND tablename LIKE 'source%'$q$),
	('a code of one unit under another', $q$SELECT 'HRD:7H3Q-9F2M-ZS'::pkint.source_code$q$);
SELECT attack.ok(told !~ '^answered: .*[^l]$' OR told = 'answered: null', attempt, told) FROM (SELECT attempt, pg_temp.told(query) AS told FROM guess) t;
-- a table of one's own
CREATE TEMP TABLE trial (id int PRIMARY KEY, narrative text);
INSERT INTO trial VALUES (1, 'Awa Diop');
SELECT attack.ok(told ~ '^42501', 'redact a table of one''s own', told) FROM (SELECT pg_temp.told($q$SELECT pkint.redacted('trial', '1')$q$) AS told) t;
-- asking to reveal looks alike for a code that was given out and one that never was
SELECT attack.ok(told ~ '^answered: \d+$', 'asking to reveal a code that was never given out', 'a request like any other') FROM (SELECT pg_temp.told($q$SELECT pkint.request_reveal('ALFA:0111-0000-QK', 'try')$q$) AS told) t WHERE told !~ '22P02';
-- a narrative of one's own: what is shown in the place of a name that one wrote oneself?
BEGIN;
INSERT INTO mission.inbox (mgrs, occurred, title, narrative, label) VALUES ('33NXF5082', '2022-05-03', 'mine', 'Gwendoline Abakar', 'CONFIDENTIAL//REL ALFA//ORIG ALFA');
SELECT attack.ok(narrative = 'Gwendoline Abakar', 'file a name in a report and read what is shown in its place', narrative) FROM mission.common_picture WHERE title = 'mine';
ROLLBACK;
SELECT attack.ok(told ~ '^42501', 'search the narratives of reports for a name', told) FROM (SELECT pg_temp.told($q$SELECT count(*) FROM mission.report WHERE narrative ~ 'Abakar'$q$) AS told) t;
