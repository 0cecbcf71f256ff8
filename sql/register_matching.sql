-- Which reports are about one event: suggested with reasons, decided by people, told to those only who may read both (R28, T21).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET search_path = "$user", public, pkint;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET jit = off;
\pset null '-'
CREATE ROLE regress_mofficer;
CREATE ROLE regress_mjmac;		-- of XJMAC, reads XHRD too where it is released to XJMAC
CREATE ROLE regress_mhrd;		-- of XHRD
CREATE ROLE regress_mpol;		-- of XPOL
CREATE ROLE regress_mcell;		-- of XCELL, to which everything here but one report is released
INSERT INTO pkint.unit (code, name) VALUES ('XJMAC', 'analysis'), ('XHRD', 'rights'), ('XPOL', 'police'), ('XCELL', 'cell');
SELECT pkint.appoint('regress_mofficer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_mofficer;
SELECT bool_and(pkint.assign('regress_m' || lower(substr(u, 2)), u) > 0 AND pkint.set_clearance('regress_m' || lower(substr(u, 2)), 'C') > 0) AS ok
FROM unnest(ARRAY['XJMAC', 'XHRD', 'XPOL', 'XCELL']) u;
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_match') IS NOT NULL AS made;

CREATE FUNCTION pg_temp.file(unit text, audience text, place pkint.footprint, title text, code text DEFAULT NULL, killed int DEFAULT NULL, actor text DEFAULT NULL, key text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO regress_match.report (label, unit, footprint, title, code, killed, actor, place_name)
	VALUES (('C//REL ' || audience || '//ORIG ' || unit)::pkint.label, unit, place, title, code, killed, actor, key)
$$;
-- one attack, as three units have it: a grid reference, a town, a vague account of rights; and others near by
SET SESSION AUTHORIZATION regress_mjmac;
SELECT pg_temp.file('XJMAC', 'XJMAC,XCELL', footprint('33NWD96006700', '[2022-11-03 14:00,2022-11-03 16:00)'), 'Attack on Boda market, six killed by Red Scarves', 'CIV-MAS', 6, 'Red Scarves', 'j1');
SELECT pg_temp.file('XJMAC', 'XJMAC,XCELL', footprint('33NWD90006100', '[2022-11-03,2022-11-04)'), 'Truck overturned on the Boda road', 'HAZ-ROA', 2, NULL, 'j2');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_mhrd;
SELECT pg_temp.file('XHRD', 'XHRD,XJMAC,XCELL', '<(15.867 3.326),2500,[2022-11-03,2022-11-05),town,days>', 'Six civilians killed at Boda market by the Red Scarves', 'CIV-KIL', 6, 'Red Scarves militia', 'h1');
SELECT pg_temp.file('XHRD', 'XHRD', '<(15.866 3.325),2500,[2022-11-03,2022-11-04),town,day>', 'Killing at Boda, witness account', 'CIV-KIL', 5, 'Red Scarves', 'h2');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_mpol;
SELECT pg_temp.file('XPOL', 'XPOL,XCELL', '<(15.871 3.329),1500,[2022-11-03,2022-11-04),town,day>', 'Armed attack Boda, market burned, 6 dead', 'CIV-MAS', 6, NULL, 'p1');
SELECT pg_temp.file('XPOL', 'XPOL,XCELL', '<(17.5 5.2),1500,[2022-11-03,2022-11-04),town,day>', 'Theft of a motorcycle', 'CRM-THF', 0, NULL, 'p2');
RESET SESSION AUTHORIZATION;

-- who may read all of it but the witness account
SET SESSION AUTHORIZATION regress_mcell;
CREATE TEMP VIEW key AS SELECT id, place_name FROM regress_match.report;
SELECT a.place_name AS a, b.place_name AS b, s.score > 4 AS strong, s.reasons ?& ARRAY['place', 'time', 'category', 'actors', 'killed', 'injured', 'words'] AS explained,
	abs(s.score - (SELECT sum(v::float8) FROM jsonb_each_text(s.reasons) AS e (k, v))) <= 0.036 AS adds_up
FROM pkint.suggest_matches('regress_match') s JOIN key a ON a.id = s.report_a JOIN key b ON b.id = s.report_b ORDER BY 1, 2;
-- again: the same, and nothing new
SELECT count(*) FROM pkint.suggest_matches('regress_match');
SELECT count(*), bool_and(m.label @> (a.label | b.label)) AS as_strict_as_both FROM regress_match.match m
	JOIN regress_match.report a ON a.id = m.report_a JOIN regress_match.report b ON b.id = m.report_b;
RESET SESSION AUTHORIZATION;
-- each sees the matches whose both sides he may read, and no other
SET SESSION AUTHORIZATION regress_mjmac;
SELECT a.place_name AS a, b.place_name AS b FROM regress_match.match m LEFT JOIN regress_match.report a ON a.id = m.report_a LEFT JOIN regress_match.report b ON b.id = m.report_b ORDER BY 1, 2;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_mpol;
SELECT count(*) AS none FROM regress_match.match;
RESET SESSION AUTHORIZATION;
-- rights reads no report of the others, and is told of no match
SET SESSION AUTHORIZATION regress_mhrd;
SELECT count(*) AS others_hidden FROM pkint.suggest_matches('regress_match');
RESET SESSION AUTHORIZATION;

-- people decide; a decision can be taken back
SET SESSION AUTHORIZATION regress_mjmac;
SELECT pkint.confirm_match('regress_match', a.id, b.id) FROM regress_match.report a, regress_match.report b WHERE a.place_name = 'j1' AND b.place_name = 'h1';
SELECT r.place_name, i.reports, i.units FROM regress_match.incident i JOIN regress_match.report r USING (id) ORDER BY 1;
SELECT array_agg(r.place_name ORDER BY 1) FROM regress_match.report l, pkint.incident_of(l.id, 'regress_match') i JOIN regress_match.report r ON r.id = i.member WHERE l.place_name = 'h1';
SELECT status, decided_by, decided_at IS NOT NULL AS dated FROM regress_match.match WHERE status <> 'suggested';
SELECT pkint.reopen_match('regress_match', a.id, b.id) FROM regress_match.report a, regress_match.report b WHERE a.place_name = 'j1' AND b.place_name = 'h1';
SELECT pkint.reject_match('regress_match', a.id, b.id, 'not the same') FROM regress_match.report a, regress_match.report b WHERE a.place_name = 'j1' AND b.place_name = 'h1';
SELECT count(*) AS stays_away FROM pkint.suggest_matches('regress_match') s JOIN regress_match.report r ON r.id = s.report_a AND r.place_name = 'j1';
SELECT count(*) AS incidents FROM regress_match.incident;
SAVEPOINT s;
SELECT pkint.confirm_match('regress_match', 1, 999999);
ROLLBACK TO s;
SELECT pkint.suggest_matches('no_such_register');
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
-- another unit's officer cannot decide what he cannot read
SET SESSION AUTHORIZATION regress_mpol;
SELECT pkint.confirm_match('regress_match', 1, 3);
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
-- a superuser reads everything and is of no unit: he is told why he gets nothing
SET client_min_messages = notice;
SELECT count(*) FROM pkint.suggest_matches('regress_match');
SET client_min_messages = warning;
ROLLBACK;

-- the core: evidence part by part, and what the choice among pairs promises
BEGIN;
SET search_path = public, pkint;
SELECT match_parts(match_evidence(footprint('33NWD96006700', '[2022-11-03,2022-11-04)'), 'CIV-KIL', 'Red Scarves', NULL, 3, 5, NULL, NULL, 'Attaque du marché, trois morts',
	footprint('33NWD9667', '[2022-11-03,2022-11-04)'), code, actor, NULL, low, high, NULL, NULL, words))
FROM (VALUES ('CIV-KIL', 'The red scarves group', 4, 4, 'ATTAQUE DU MARCHE'), ('CIV-MAS', 'Police', 50, 50, 'Truck overturned'), ('UND-BOD', NULL, NULL, NULL, NULL), ('HAZ-ROA', '', 0, 0, '')) AS v (code, actor, low, high, words);
SELECT match_evidence(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) IS NULL AS without_places;
-- actors that share half of their words or more are alike, others speak against it
SELECT a, b, match_parts(match_evidence(f, NULL, a, NULL, NULL, NULL, NULL, NULL, NULL, f, NULL, b, NULL, NULL, NULL, NULL, NULL, NULL)) ->> 'actors' AS actors
FROM footprint('33NWD96006700', '[2022-11-03,2022-11-04)') f, (VALUES ('Northern Scarves Front', 'Northern Scarves Militia'), ('Northern Scarves', 'Northern Berets'),
	('Northern Scarves Front', 'Northern Berets Militia'), ('Northern Scarves', 'Police'), ('Northern Scarves', NULL)) v (a, b);
-- which side comes first makes no difference
SELECT count(*) AS differ FROM generate_series(1, 300) i, LATERAL (SELECT make_footprint(18 + i * 0.001, 4, i * 10, tstzrange('2022-01-01', '2022-01-01'::timestamptz + i * interval '1 hour')) AS f,
	(ARRAY['CIV-KIL', 'CIV-MAS', 'ARM-CLASH', NULL])[i % 4 + 1] AS c, 'word' || i % 7 || ' other' || i % 5 AS w) AS x,
	LATERAL (SELECT make_footprint(18, 4 + i * 0.002, i * 7, tstzrange('2022-01-02', '2022-01-04')) AS f, (ARRAY['CIV-KIL', 'CIV', 'HAZ-ROA'])[i % 3 + 1] AS c, 'other' || i % 3 || ' word' || i % 4 AS w) AS y
WHERE match_evidence(x.f, x.c, x.w, NULL, i % 5, i % 9, NULL, i % 4, x.w, y.f, y.c, y.w, 'z', i % 3, NULL, 1, i % 4, y.w)
	IS DISTINCT FROM match_evidence(y.f, y.c, y.w, 'z', i % 3, NULL, 1, i % 4, y.w, x.f, x.c, x.w, NULL, i % 5, i % 9, NULL, i % 4, x.w);
-- strongest first; never two reports of a unit in one incident; a unit below zero may
SELECT choose_matches('{1,1,2,4}', '{2,3,3,3}', '{1,1,2,1}', '{2,2,2,2}');
SELECT choose_matches('{1,1}', '{2,3}', '{1,1}', '{-1,-1}');
SELECT choose_matches('{}', '{}', '{}', '{}');
SELECT choose_matches('{1}', '{2,3}', '{1}', '{2}');
ROLLBACK;
