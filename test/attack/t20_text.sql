-- T20: look-alikes, normal forms, case, quotes, much text, many codes, hostile binary: one form, or a refusal.
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.label(t text) RETURNS text LANGUAGE sql RETURN attack.value(format('SELECT %L::pkint.label', t));
SELECT attack.ok(count(*) = 0, 'look-alike letters, combining marks, zero width, full width, other digits in a code',
	coalesce('taken as ' || string_agg(said, ', '), 'each refused'))
	FROM (SELECT pg_temp.label(t) AS said FROM (VALUES (U&'C//REL \0410LFA//ORIG ALFA'), (U&'C//REL ALF\0391//ORIG ALFA'), (U&'C//REL ALFA\0301//ORIG ALFA'), (U&'C//REL \00C1LFA//ORIG ALFA'),
		(U&'C//REL AL\200BFA//ORIG ALFA'), (U&'C//REL \FF21LFA//ORIG ALFA'), (U&'C//REL ALFA\202E//ORIG ALFA'), (U&'C//REL ALFA\00A0B//ORIG ALFA'), (U&'\0421//REL ALFA'), (U&'C//REL ALFA''//ORIG ALFA'),
		('C//REL ALFA;DROP TABLE x//ORIG ALFA'), ('C//REL "ALFA"//ORIG ALFA'), (E'C//REL ALFA\\//ORIG ALFA'), ('C//REL %s//ORIG ALFA'), ('C//REL -ALFA//ORIG ALFA'), ('C//REL ALFA//ORIG ALFA//REL ALL'), ('C//REL ALFA//ORIG ALFA//U'))
		v (t)) s WHERE said !~ '^22';
SELECT attack.ok(count(DISTINCT said) = 1, 'case, blanks, order and repetition', 'one form: ' || min(said))
	FROM (SELECT pg_temp.label(t) AS said FROM (VALUES ('C//REL ALFA,BRAVO//ORIG ALFA'), ('confidential//rel bravo,alfa//orig alfa'), ('UN Confidential // REL  ALFA , BRAVO // ORIG ALFA'), ('C//REL ALFA,BRAVO,ALFA//ORIG ALFA')) v (t)) s;
SELECT attack.ok(said ~ '^22|^54' AND length(said) < 500, '1 MB of label text', left(said, 80)) FROM pg_temp.label('C//REL ' || repeat('A', 1000000)) said;
SELECT attack.ok(said ~ '^22|^54' AND length(said) < 500, '100,000 caveats', left(said, 80)) FROM (SELECT pg_temp.label('C//' || string_agg('C' || g, ',') || '//REL ALL') FROM generate_series(1, 100000) g) s (said);
SELECT attack.ok(said ~ '^22|^54', '100,000 caveats through make_label()', left(said, 80)) FROM (SELECT attack.value('SELECT pkint.make_label(''C'', (SELECT array_agg(''C'' || g) FROM generate_series(1, 100000) g), ''{ALL}'', ''{ALFA}'')')) s (said);
SELECT attack.ok(said ~ '^22|^54|^53', 'joined labels past 4,096 codes', left(said, 80)) FROM attack.value('SELECT length(pkint.combined_label(pkint.make_label(''C'', (SELECT array_agg(''C'' || (k * 64 + g)) FROM generate_series(1, 64) g), ''{ALL}'', ''{ALFA}''))::text) FROM generate_series(1, 100) k') said;
-- binary: what COPY takes
\! printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4\1\2\3\4\377\377' > /tmp/pkint_attack_$$.bin; psql -X -q -U mallory -d "$DB" -c 'CREATE TEMP TABLE b (l pkint.label)' -c '\copy b FROM PSTDIN (FORMAT binary)' < /tmp/pkint_attack_$$.bin 2>&1 | grep -q 'ERROR' && printf '@ok\ta binary label of garbage\trefused\n' || printf '@leak\ta binary label of garbage\ttaken\n'; rm -f /tmp/pkint_attack_$$.bin
