-- Answers are remembered by label: of every length, and when there are more labels than are kept.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
CREATE TEMP TABLE many AS
	SELECT i, i % 5 = 0 AS ours, i % 4 = 0 AS secret,
		make_label(CASE WHEN i % 4 = 0 THEN 'SC' ELSE 'C' END, '{}',
			ARRAY(SELECT 'X' || i || 'N' || j FROM generate_series(1, 1 + i % 13) j) || CASE WHEN i % 5 = 0 THEN '{OURS}'::text[] ELSE '{}' END, '{OURS}') AS label
	FROM generate_series(1, 70000) i;
SELECT count(DISTINCT pg_column_size(label)) > 50 AS of_many_lengths, min(pg_column_size(label)) < 40 AS short, max(pg_column_size(label)) > 120 AS long FROM many;
-- twice in one statement, so that what was kept is asked for again; each in an order of its own
SELECT round, count(*) AS rows, count(*) FILTER (WHERE (label <@ 'C//UNITS OURS'::clearance) <> (ours AND NOT secret)) AS wrong
	FROM (SELECT 1 AS round, * FROM many UNION ALL SELECT 2, * FROM (SELECT * FROM many ORDER BY i % 997, i) again) m GROUP BY 1 ORDER BY 1;
-- the policy's answers, where a full memo keeps what it has
CREATE ROLE regress_memo_officer;
CREATE ROLE regress_memo_reader;
INSERT INTO unit (code, name) VALUES ('OURS', 'ours');
SELECT appoint('regress_memo_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_memo_officer;
SELECT assign('regress_memo_reader', 'OURS') > 0 AND set_clearance('regress_memo_reader', 'C') > 0 AS ok;
RESET SESSION AUTHORIZATION;
GRANT SELECT ON many TO regress_memo_reader;
SET LOCAL ROLE regress_memo_reader;
SELECT round, count(*) AS rows, count(*) FILTER (WHERE can_read(label) <> (ours AND NOT secret)) AS wrong
	FROM (SELECT 1 AS round, * FROM many UNION ALL SELECT 2, * FROM (SELECT * FROM many ORDER BY i % 997, i) again) m GROUP BY 1 ORDER BY 1;
-- a label longer than any that is kept
SELECT can_read(l) AS read, l <@ 'C//UNITS OURS'::clearance AS below, l <@ 'C//UNITS THEIRS'::clearance AS below_theirs, can_read(l) AS again
	FROM (SELECT combined_label(make_label('C', '{}', '{OURS}', ARRAY(SELECT 'C' || g || 'N' || i || repeat('X', 20) FROM generate_series(1, 64) i))) FROM generate_series(1, 8) g) v (l);
ROLLBACK;
