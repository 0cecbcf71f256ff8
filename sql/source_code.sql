-- The type source_code: what is read, what is refused, order, hash, binary.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = public, pkint;
-- a code comes in as people write it, and goes out in one form
SELECT typed, typed::source_code AS code
FROM (VALUES ('JMAC:7H3Q-9F2M-ZS'), ('jmac:7h3q9f2mzs'), (' JMAC : 7H3Q 9F2M ZS '), ('JMAC:7-H-3-Q-9-F-2-M-Z-S'),
	('JMAC:٧H٣Q-٩F٢M-ZS'), ('JMAC:۷H۳Q-۹F۲M-ZS'), ('JMAC:7H3Q–9F2M–ZS')) AS t (typed);
-- O is 0, I and L are 1
SELECT 'JMAC:O1IL-OOOO-AR'::source_code AS code;
-- refused, each with its reason, and never repeated in the message
SELECT '7H3Q-9F2M-ZS'::source_code;
SELECT ':7H3Q-9F2M-ZS'::source_code;
SELECT 'J MAC:7H3Q-9F2M-ZS'::source_code;
SELECT 'JMAC:7H3Q-9F2M-Z'::source_code;
SELECT 'JMAC:7H3Q-9F2M-ZSS'::source_code;
SELECT 'JMAC:7H3Q-9F2U-ZS'::source_code;
SELECT 'JMAC:Bakary Diallo'::source_code;
SELECT ''::source_code;
-- mistyped, swapped, and another unit's
SELECT 'JMAC:7H3Q-9F2M-ZT'::source_code;
SELECT 'JMAC:H73Q-9F2M-ZS'::source_code;
SELECT 'HRD:7H3Q-9F2M-ZS'::source_code;
-- every single wrong symbol and every double one tried is noticed
CREATE FUNCTION pg_temp.refused(typed text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM typed::pkint.source_code;
	RETURN false;
EXCEPTION WHEN invalid_text_representation THEN
	RETURN true;
END $$;
CREATE TEMP TABLE word AS SELECT '7H3Q9F2MZS'::text AS w, '0123456789ABCDEFGHJKMNPQRSTVWXYZ'::text AS alphabet;
SELECT count(*) AS singles, count(*) FILTER (WHERE pg_temp.refused('JMAC:' || overlay(w PLACING substr(alphabet, s, 1) FROM p FOR 1))) AS refused
FROM word, generate_series(1, 10) AS p, generate_series(1, 32) AS s
WHERE substr(w, p, 1) <> substr(alphabet, s, 1);
SELECT count(*) AS doubles, count(*) FILTER (WHERE pg_temp.refused('JMAC:' ||
	overlay(overlay(w PLACING substr(alphabet, s, 1) FROM p FOR 1) PLACING substr(alphabet, r, 1) FROM q FOR 1))) AS refused
FROM word, generate_series(1, 10) AS p, generate_series(1, 10) AS q, generate_series(1, 32) AS s, generate_series(1, 32) AS r
WHERE p < q AND substr(w, p, 1) <> substr(alphabet, s, 1) AND substr(w, q, 1) <> substr(alphabet, r, 1) AND (s * 7 + r * 3 + p + q) % 11 = 0;
-- order, equality, hash, indexes
CREATE TEMP TABLE codes AS
SELECT c::source_code AS c FROM (VALUES ('U2:7H3Q-9F2M-2E'), ('JMAC:7H3Q-9F2M-ZS'), ('HRD:7H3Q-9F2M-G2'), ('jmac:7h3q9f2mzs')) AS v (c);
SELECT c, unit_of(c) FROM codes ORDER BY c;
SELECT c, count(*) FROM codes GROUP BY c ORDER BY c DESC;
CREATE INDEX ON codes (c);
CREATE INDEX ON codes USING hash (c);
SET enable_seqscan = off;
SELECT count(*) FROM codes WHERE c = 'JMAC:7H3Q9F2MZS';
SELECT a.c FROM codes a JOIN codes b ON a.c = b.c AND a.c < 'U2:7H3Q-9F2M-2E' ORDER BY 1;
RESET enable_seqscan;
SELECT c <> 'U2:7H3Q-9F2M-2E' AS ne, c >= 'JMAC:7H3Q-9F2M-ZS' AS ge, c <= 'JMAC:7H3Q-9F2M-ZS' AS le, c > 'JMAC:7H3Q-9F2M-ZS' AS gt
FROM codes ORDER BY c;
-- binary: there and back
CREATE TEMP TABLE back (LIKE codes);
COPY codes TO '/tmp/regress_source_code.bin' (FORMAT binary);
COPY back FROM '/tmp/regress_source_code.bin' (FORMAT binary);
COPY (SELECT 1 WHERE false) TO PROGRAM 'rm /tmp/regress_source_code.bin';
SELECT count(*) FROM back JOIN (SELECT DISTINCT c FROM codes) AS d USING (c);
SELECT source_code_send('JMAC:7H3Q-9F2M-ZS');
-- the operator classes are sound
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'pkint.source_code'::regtype ORDER BY 2;
