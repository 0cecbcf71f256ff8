-- T37: acts by key, past row security: a key that is named in two ways beside a hidden one, and a hidden row that is
-- named like one's own.
SET search_path = mallory, public, pkint;
SELECT attack.control(attack.value('SELECT count(*)::text FROM secret.note WHERE id IN (2, 11)') = '1' AND attack.value('SELECT id::text FROM secret.note WHERE id IN (2, 11)') = '2',
	'2 is a row of one''s own, and 11 is hidden', attack.value('SELECT string_agg(id::text, '' '') FROM secret.note WHERE id IN (2, 11)'));
\c - bruno
SELECT label AS before FROM secret.note WHERE id = 11 \gset
SELECT attack.control(:'before' <> '', 'who reads 11 and its label', :'before');
\c - mallory
SELECT attack.ok(said ~ '^(22023|22004|P0002)', 'relabel() with ' || keys, said)
	FROM (SELECT keys, attack.try(format($$SELECT pkint.relabel('secret.note', %L, 'C//REL ALFA//ORIG ALFA', 'why')$$, keys)) AS said
		FROM unnest('{"{2,2,11}","{2,+2,11}","{2,\" 2 \",11}","{2,002,11}","{2,NULL,11}","{2,2,2,11,12}","{11}","{2,11}"}'::text[]) keys) t;
\c - release_alfa
SELECT attack.ok(said ~ '^(22023|22004|P0002|42501)', 'by a release officer, ' || what, said)
	FROM (VALUES ('relabel() with 2 twice', attack.try($$SELECT pkint.relabel('secret.note', '{2,2,11}', 'U//REL ALL//ORIG ALFA', 'why')$$)),
		('offer_access() with 2 twice', attack.try($$SELECT pkint.offer_access('secret.note', '{2,2,11}', now() + interval '1 hour', 'x', person => 'mallory')$$)),
		('offer_access() with 2 and 002', attack.try($$SELECT pkint.offer_access('secret.note', '{2,002,11}', now() + interval '1 hour', 'x', person => 'mallory')$$)),
		('offer_access() with 2 and 11', attack.try($$SELECT pkint.offer_access('secret.note', '{2,11}', now() + interval '1 hour', 'x', person => 'mallory')$$))) v (what, said);
\c - bruno
SELECT attack.ok(label::text = :'before', 'the hidden row has the label that it had', label::text) FROM secret.note WHERE id = 11;
\c - mallory
SELECT attack.ok(n = 0, 'and is hidden still', n::text) FROM (SELECT count(*) AS n FROM secret.note WHERE id = 11) c;
