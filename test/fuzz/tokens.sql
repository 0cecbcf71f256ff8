-- test/fuzz/tokens.sql: tokens of a gateway, broken in every way that chance finds.
--
-- Called by test/fuzz/run.sh with a server up; prints TAP.  A token is taken only if its
-- signature is that of its account's key over just these bytes.  Whatever else comes in is
-- refused under a code of its own, and the session goes on; what was signed
-- and says nonsense is refused too, or taken as jsonb can read it.
-- psql variables: seed, inputs.
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE FUNCTION pg_temp.coded(b bytea) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT translate(rtrim(replace(encode(b, 'base64'), E'\n', ''), '='), '+/', '-_') $$;
CREATE FUNCTION pg_temp.signed(body text) RETURNS text LANGUAGE sql AS
	$$ SELECT body || '.' || pg_temp.coded(hmac(convert_to(body, 'UTF8'), pkint.token_key('fuzz'), 'sha256')) $$;
-- bytes with a few of them changed, taken out or put in
CREATE FUNCTION pg_temp.broken(b bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	at int;
	n int;
BEGIN
	FOR i IN 1 .. 1 + floor(random() * 3) LOOP
		at := floor(random() * (length(b) + 1))::int;
		n := floor(random() * 4)::int;
		b := CASE floor(random() * 5)::int
			WHEN 0 THEN substr(b, 1, at) || decode(lpad(to_hex(floor(random() * 256)::int), 2, '0'), 'hex') || substr(b, at + 1)
			WHEN 1 THEN substr(b, 1, at) || substr(b, at + 1 + n)
			WHEN 2 THEN substr(b, 1, at)
			WHEN 3 THEN substr(b, 1, at) || convert_to((ARRAY['.', '=', '+', '-', '_', '{', '"', E'\\u0000', '[[[[', 'null'])[1 + floor(random() * 10)::int], 'UTF8') || substr(b, at + 1)
			ELSE substr(b, 1, at) || substr(b, at + 1, n) || substr(b, at + 1) END;
	END LOOP;
	RETURN b;
END $$;
-- what the server says to a token: taken, or the code of its refusal
CREATE FUNCTION pg_temp.answer(token text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE WHEN jsonb_typeof(pkint.token_claims('fuzz', token)) IS NOT NULL THEN 'taken' ELSE 'null' END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
-- bytes that are text
CREATE FUNCTION pg_temp.as_text(b bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN convert_from(b, 'UTF8');
EXCEPTION WHEN OTHERS THEN
	RETURN encode(b, 'escape');
END $$;
SELECT setseed(:seed) \g /dev/null
CREATE TEMP TABLE good AS SELECT pg_temp.signed(pg_temp.coded('{"alg":"HS256","typ":"JWT"}') || '.'
	|| pg_temp.coded(convert_to(format('{"sub":"%s","iat":1,"exp":2,"jti":"%s"}', s, n), 'UTF8'))) AS token
	FROM generate_series(1, 20) n, unnest(ARRAY['awa', 'Éloïse', repeat('x', 500)]) s;
SELECT CASE WHEN bool_and(pg_temp.answer(token) = 'taken') THEN '' ELSE 'not ' END || 'ok - tokens: ' || count(*) || ' that are good are taken' FROM good;
-- any change of a signed token
CREATE TEMP TABLE tried AS SELECT t, pg_temp.answer(t) AS answer FROM (
	SELECT pg_temp.as_text(pg_temp.broken(convert_to(token, 'UTF8'))) AS t FROM good, generate_series(1, :inputs / 120)) x WHERE t NOT IN (SELECT token FROM good);
SELECT CASE WHEN count(*) > 0 AND bool_and(answer = '28000') THEN '' ELSE 'not ' END || 'ok - tokens: ' || count(*) || ' with a change are refused'
	|| coalesce(': not ' || string_agg(DISTINCT answer, ' ') FILTER (WHERE answer <> '28000'), '') FROM tried;
-- nonsense that is signed as it should be
TRUNCATE tried;
INSERT INTO tried SELECT t, pg_temp.answer(t) FROM (SELECT pg_temp.signed(
		CASE WHEN n % 3 = 0 THEN pg_temp.coded(pg_temp.broken('{"alg":"HS256","typ":"JWT"}')) ELSE pg_temp.coded('{"alg":"HS256"}') END || '.' ||
		CASE WHEN n % 5 = 0 THEN pg_temp.as_text(pg_temp.broken(convert_to(pg_temp.coded('{"sub":"awa","iat":1,"exp":2}'), 'UTF8')))
			ELSE pg_temp.coded(pg_temp.broken('{"sub":"awa","iat":1,"exp":2,"jti":"1","x":{"y":[1,2,{"z":null}]}}')) END) AS t
	FROM generate_series(1, :inputs / 2) n) x;
SELECT CASE WHEN count(*) FILTER (WHERE answer = 'taken') > 0 AND bool_and(answer IN ('taken', '28000', '22P02', '22P05', '22021', '22023')) THEN '' ELSE 'not ' END
	|| 'ok - tokens: ' || count(*) || ' signed nonsense, ' || count(*) FILTER (WHERE answer = 'taken') || ' that jsonb reads'
	|| coalesce(': ' || string_agg(DISTINCT answer, ' ') FILTER (WHERE answer NOT IN ('taken', '28000', '22P02', '22P05', '22021', '22023')), '') FROM tried;
-- at the limit of its length, and nested
SELECT CASE WHEN bool_and(a NOT IN ('taken', 'null', 'XX000')) THEN '' ELSE 'not ' END || 'ok - tokens: too long, too deep and too empty are refused: ' || string_agg(DISTINCT a, ' ')
FROM (SELECT pg_temp.answer(t) AS a FROM unnest(ARRAY['', '.', '..', '...', repeat('.', 5000), repeat('A', 4096), pg_temp.signed(pg_temp.coded('{}')), pg_temp.signed(''), pg_temp.signed('.'), pg_temp.signed('..'),
	pg_temp.signed(pg_temp.coded('{}') || '.' || pg_temp.coded(convert_to(repeat('[', 2900), 'UTF8'))),
	pg_temp.signed(pg_temp.coded('{}') || '.' || repeat('A', 4096))]) t) x;
