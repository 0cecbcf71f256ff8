-- Labels and clearances: grammar, canonical form, errors, order, lattice.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = public, pkint;

-- one canonical form
SELECT t AS typed, t::label AS stored FROM (VALUES
	('UNCLASSIFIED//REL ALL'),
	('u//rel all'),
	('UN  Strictly   confidential // crsv , source // rel hrd // orig hrd'),
	('SC//SOURCE,CRSV,SOURCE//ORIG HRD'),
	('CONFIDENTIAL//REL U2,JMAC//ORIG JMAC'),
	('c//rel jmac,u2//orig mission'),
	('C//REL NONE//ORIG NONE'),
	('C//REL NONE//ORIG UN,MISSION'),
	('UN CONFIDENTIEL//REL ALL'),
	('non classifié//REL ALL'),
	(U&'NON CLASSIFIE\0301//REL ALL'),
	('STRICTEMENT CONFIDENTIEL//REL CELL-GAO_1'),
	('C//ORIG MISSION')) AS v(t);
SELECT t AS typed, t::clearance AS stored FROM (VALUES
	('sc//source,crsv//units u2,jmac'), ('C//UNITS ALL'), ('U//UNITS NONE')) AS v(t);

-- what is refused, and what would be right
CREATE FUNCTION pg_temp.refused(what text, type text DEFAULT 'label')
RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
DECLARE
	v text;
BEGIN
	EXECUTE format('SELECT %L::pkint.%I', what, type) INTO v;
	RETURN QUERY SELECT NULL, 'accepted: ' || left(v, 60), NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
\x on
SELECT left(t, 50) AS typed, r.* FROM unnest(ARRAY[
	'', '  ', '//REL ALL', 'REL ALL',
	'SECRET//REL ALL', 'Top Secret//REL ALL', 'UN RESTRICTED//REL ALL',
	'NATO RESTRICTED//REL ALL', 'COSMIC TOP SECRET//REL ALL', 'TLP:AMBER//REL ALL',
	'CONFIDENTIAL//NOFORN//REL ALL',
	'PUBLIC//REL ALL', 'UNCLASIFIED//REL ALL',
	'CONFIDENTIAL', 'C//CRSV', 'C//ORIG NONE',
	'C//REL', 'C//REL //ORIG JMAC', 'C//ORIG', 'C////REL ALL', 'C//REL ALL//',
	'C//REL JMAC,,U2', 'C//REL JMAC,', 'C//REL ALL,JMAC', 'C//REL NONE,JMAC',
	'C//REL ALL//ORIG ALL', 'C//REL JMAC//REL U2', 'C//CRSV//SOURCE//REL ALL',
	'C//ORIG JMAC//REL U2', 'C//REL JMAC//CRSV', 'C//ALL//REL ALL', 'C//NONE//REL ALL',
	'C//REL JMAC U2', 'C//REL -JMAC', 'C//REL JMAC;U2', 'C//REL "JMAC"', 'C/REL ALL',
	'C//REL ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
	'C//CRSV//UNITS JMAC',
	U&'\0421ONFIDENTIAL//REL ALL', U&'CONFIDENTIAL//REL JM\0410C', U&'C//REL \FF35\FF12',
	U&'C//REL\00A0ALL', U&'C//REL JM\00C9C', U&'C\2215\2215REL ALL', E'C//REL J\001MAC',
	'C//' || (SELECT string_agg('K' || i, ',') FROM generate_series(1, 65) i) || '//REL ALL',
	'C//REL ' || repeat('JMAC,', 200000) || 'U2']) t, pg_temp.refused(t) r;
SELECT t AS typed, r.* FROM unnest(ARRAY[
	'', 'C', 'C//CRSV', 'C//UNITS', 'C//REL JMAC', 'C//UNITS JMAC//ORIG JMAC',
	'C//UNITS ALL,JMAC', 'C//UNITS NONE//CRSV', 'SECRET//UNITS ALL']) t,
	pg_temp.refused(t, 'clearance') r;
\x off
-- sixty-four are accepted
SELECT length(('C//' || (SELECT string_agg('K' || i, ',') FROM generate_series(1, 64) i) || '//REL ALL')::label::text);

-- binary form: what bytea sends as it is, label receives
CREATE FUNCTION pg_temp.received(wire bytea, type text DEFAULT 'label') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	file text := quote_literal(current_setting('data_directory') || '/pkint_label_wire');
	v text;
	hint text;
BEGIN
	EXECUTE format('COPY (SELECT %L::bytea) TO %s (FORMAT binary)', wire, file);
	EXECUTE format('CREATE TEMP TABLE wire (v pkint.%I)', type);
	EXECUTE format('COPY wire FROM %s (FORMAT binary)', file);
	SELECT w.v::text INTO v FROM wire w;
	DROP TABLE wire;
	RETURN v;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ': ' || SQLERRM || ' / ' || hint;
END
$$;
SELECT pg_temp.received(label_send(l)) = l::text AS round_trip, l
FROM unnest(ARRAY['U//REL ALL', 'SC//CRSV,SOURCE//REL NONE//ORIG NONE', 'C//REL JMAC,U2//ORIG JMAC',
	'C//REL MISSION', 'C//REL ALL//ORIG MISSION,UN']::label[]) l;
SELECT pg_temp.received(clearance_send('SC//CRSV//UNITS JMAC,U2'), 'clearance');
SELECT what, pg_temp.received(wire) FROM (VALUES
	('nothing', ''::bytea),
	('version alone', '\x01'),
	('no body', '\x014c'),
	('another version', '\x094c04'),
	('a clearance', clearance_send('C//UNITS JMAC')),
	('cut in a count', '\x014c08'),
	('cut in a code', '\x014c08024a4d414300'),
	('trailing bytes', '\x014c0400'),
	('level 3', '\x014c07'),
	('spare bit', '\x014c84'),
	('ALL and a list', '\x014c0c014a00'),
	('ORIG NONE and a list', '\x014c34014a00'),
	('unsorted', '\x014c0802553200 4a4d414300'),
	('twice the same', '\x014c0802553200553200'),
	('lower case', '\x014c0801753200'),
	('reserved', '\x014c0801414c4c00'),
	('empty code', '\x014c080100'),
	('too long a code', ('\x014c0801' || repeat('41', 32) || '00')::bytea),
	('an empty list', '\x014c0800'),
	('a long count', '\x014c088001553200'),
	('a count of 4,097', '\x014c0890014100'),
	('MISSION spelt out', '\x014c14014d495353494f4e00')) AS v(what, wire);
SELECT pg_temp.received(label_send('C//REL JMAC'), 'clearance');
COPY (SELECT) TO PROGRAM 'cat >/dev/null; rm -f pkint_label_wire';

SELECT label_send('CONFIDENTIAL//REL JMAC,U2//ORIG JMAC');
SELECT clearance_send('CONFIDENTIAL//CRSV//UNITS JMAC,U2');

-- size in a row: header of the value included
CREATE TEMP TABLE sized (l label);
INSERT INTO sized VALUES ('CONFIDENTIAL//REL JMAC,U2//ORIG JMAC'), ('UNCLASSIFIED//REL ALL'),
	('STRICTLY CONFIDENTIAL//CRSV,SOURCE//REL HRD//ORIG HRD');
SELECT l, pg_column_size(l) FROM sized ORDER BY l;

-- order: a linear extension of dominance, REL ALL lowest, REL NONE highest
SELECT l FROM unnest(ARRAY['C//REL NONE', 'C//REL ALL', 'C//REL JMAC', 'C//REL JMAC,U2',
	'C//REL JMAC//ORIG JMAC,U2', 'C//REL ALL//ORIG NONE', 'C//CRSV//REL ALL', 'U//CRSV,SOURCE//REL NONE',
	'SC//REL ALL', 'U//REL ALL', 'C//REL ALL//ORIG JMAC', 'C//REL ALL//ORIG U2']::label[]) l ORDER BY l;
SELECT c FROM unnest(ARRAY['C//UNITS ALL', 'C//UNITS NONE', 'C//UNITS JMAC', 'C//UNITS JMAC,U2',
	'SC//UNITS NONE', 'C//CRSV//UNITS NONE']::clearance[]) c ORDER BY c;
SELECT 'C//REL ALL'::label = 'confidential//rel all' AS eq, 'C//REL ALL'::label <> 'C//REL NONE' AS ne,
	'C//REL ALL'::label < 'C//REL NONE' AS lt, 'C//REL ALL'::label >= 'C//REL NONE' AS ge,
	'C//UNITS ALL'::clearance = 'c//units all' AS ceq;
SELECT label_hash('C//REL ALL') = label_hash('c//rel all') AS same_hash,
	label_hash_extended('C//REL ALL', 0) = label_hash_extended('c//rel all', 0) AS same_extended,
	label_hash_extended('C//REL ALL', 1) <> label_hash_extended('C//REL ALL', 2) AS seeded;

-- lattice
SELECT a, b, a @> b AS "a @> b", a <@ b AS "a <@ b", a | b AS "a | b", a & b AS "a & b"
FROM (VALUES
	('C//REL JMAC,U2//ORIG JMAC'::label, 'U//REL U2//ORIG U2'::label),
	('C//REL JMAC', 'C//REL U2'),
	('C//REL ALL', 'C//REL NONE'),
	('SC//CRSV//REL HRD//ORIG HRD', 'C//REL ALL//ORIG HRD'),
	('C//CRSV//REL HRD', 'C//SOURCE//REL HRD,JMAC'),
	('U//REL ALL//ORIG NONE', 'SC//REL NONE')) AS v(a, b);

-- who may read
SELECT l, array_agg(c ORDER BY c) FILTER (WHERE l <@ c) AS readers
FROM unnest(ARRAY['U//REL ALL', 'C//REL JMAC,U2', 'C//CRSV//REL HRD', 'SC//REL NONE', 'SC//REL ALL',
	'C//CRSV,SOURCE//REL ALL']::label[]) l,
	unnest(ARRAY['U//UNITS NONE', 'C//UNITS JMAC', 'SC//CRSV//UNITS HRD', 'SC//CRSV,SOURCE//UNITS ALL',
	'SC//UNITS NONE']::clearance[]) c
GROUP BY l ORDER BY l;
SELECT 'C//REL JMAC'::label <@ 'C//UNITS JMAC';
SELECT NULL::label <@ 'C//UNITS ALL'::clearance AS null_label;

-- aggregates of plain SQL, distinct, merge and hash joins know the types
CREATE TEMP TABLE many AS
	SELECT i, (ARRAY['U//REL ALL', 'C//REL JMAC,U2', 'C//REL U2,JMAC', 'SC//CRSV//REL HRD']::label[])[1 + i % 4] AS l
	FROM generate_series(1, 100) i;
SELECT l, count(*) FROM many GROUP BY l ORDER BY l;
CREATE INDEX ON many (l);
CREATE INDEX ON many USING hash (l);
SET enable_seqscan = off;
SELECT count(*) FROM many WHERE l = 'C//REL JMAC,U2';
SELECT count(*) FROM many WHERE l < 'C//REL JMAC,U2';
RESET enable_seqscan;

-- every function over labels that is marked leakproof, and none else
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'pkint'::regnamespace
	AND p.proleakproof AND p.proname ~ '^(label|clearance)_' ORDER BY p.oid::regprocedure::text COLLATE "C";

-- operator classes are sound
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcnamespace = 'pkint'::regnamespace AND opcintype IN ('label'::regtype, 'clearance'::regtype)
ORDER BY opcname COLLATE "C";
