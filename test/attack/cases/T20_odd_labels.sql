-- look-alike letters, NFD, quotes, a megabyte, 100,000 caveats
SELECT left(try(format('SELECT %L::pkint.label', c)), 90) FROM unnest(ARRAY[U&'C//REL \0410U2', U&'C//REL AU2\0301', 'C//REL A''U2', 'C//REL AU2//ORIG', repeat('C', 1000000),
	'C//' || (SELECT string_agg('X' || i, ',') FROM generate_series(1, 100000) i) || '//REL AU2', 'SECRET//REL AU2', 'C//REL ALL,AU2', '']) c;
SELECT CASE WHEN bool_and(try(format('SELECT %L::pkint.label', c)) <> 'done') THEN 'nothing' ELSE 'LEAK: an odd label was taken' END
	FROM unnest(ARRAY[U&'C//REL \0410U2', U&'C//REL AU2\0301', 'C//REL A''U2', 'C//REL AU2//ORIG', repeat('C', 1000000),
	'C//' || (SELECT string_agg('X' || i, ',') FROM generate_series(1, 100000) i) || '//REL AU2', 'C//REL ALL,AU2', '']) c;
