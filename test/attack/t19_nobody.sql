-- T19: REL NONE against REL ALL, through every operator and form; aggregates over no rows.
SET search_path = mallory, public, pkint;
SELECT attack.ok(NOT 'U//REL NONE//ORIG ALFA'::label <@ 'SC//UNITS ALL'::clearance, 'REL NONE to a clearance for all units', 'not readable');
SELECT attack.ok(NOT can_read('U//REL NONE//ORIG ALFA'), 'REL NONE to can_read()', 'not readable');
SELECT attack.control(can_read('U//REL ALL//ORIG ALFA'), 'REL ALL', 'readable');
SELECT attack.ok(('U//REL NONE//ORIG ALFA'::label <> 'U//REL ALL//ORIG ALFA'::label) AND label_send('U//REL NONE//ORIG ALFA') <> label_send('U//REL ALL//ORIG ALFA')
	AND hashtext('U//REL NONE//ORIG ALFA'::label::text) <> hashtext('U//REL ALL//ORIG ALFA'::label::text), 'as equal, in text or in binary', 'different everywhere');
SELECT attack.ok(NOT ('U//REL ALL//ORIG ALFA'::label @> 'U//REL NONE//ORIG ALFA') AND 'U//REL NONE//ORIG ALFA'::label @> 'U//REL ALL//ORIG ALFA', 'in the order', 'NONE is above ALL');
SELECT attack.ok(('U//REL NONE//ORIG ALFA'::label | 'U//REL ALL//ORIG ALFA')::text ~ 'REL NONE' AND ('C//REL ALFA//ORIG ALFA'::label | 'C//REL BRAVO//ORIG ALFA')::text ~ 'REL NONE', 'joined with ALL; two audiences that do not meet', 'NONE');
SELECT attack.ok(from_stanag4774(to_stanag4774('U//REL NONE//ORIG ALFA'))::text ~ 'REL NONE' AND from_stanag4774(to_stanag4774('U//REL ALL//ORIG ALFA'))::text ~ 'REL ALL', 'through XML and back', 'NONE stays NONE');
SELECT attack.ok(NOT coalesce(can_read(combined_label(l)), false) AND coalesce(combined_label(l)::text, 'null') !~ 'ALL', 'combined_label() over no rows', coalesce(combined_label(l)::text, 'null'))
	FROM (SELECT 'U//REL ALL'::label AS l WHERE false) s;
SELECT attack.ok(NOT coalesce(can_read(common_label(l)), false), 'common_label() over no rows', coalesce(common_label(l)::text, 'null')) FROM (SELECT 'U//REL ALL'::label AS l WHERE false) s;
SELECT attack.ok(said !~ '^U|ALL', 'REL with nothing behind it', said) FROM attack.value('SELECT ''U//REL //ORIG ALFA''::pkint.label') said;
SELECT attack.ok(said !~ 'ALL', 'make_label() with an empty audience', said) FROM attack.value('SELECT pkint.make_label(''U'', ''{}'', ''{}'', ''{ALFA}'')') said;
SELECT attack.ok(said !~ 'ALL', 'make_label() with no audience', said) FROM attack.value('SELECT pkint.make_label(''U'', ''{}'', NULL, ''{ALFA}'')') said;
SELECT attack.ok(said ~ '^22', 'ALL beside a unit', said) FROM attack.value('SELECT ''U//REL ALL,ALFA//ORIG ALFA''::pkint.label') said;
SELECT attack.ok(NOT coalesce(can_read(NULL::label), false), 'a NULL label', 'not readable');
\c - nemo
SELECT attack.ok(count(*) = 0, 'REL ALL to somebody without a clearance', count(*) || ' rows') FROM secret.note;
