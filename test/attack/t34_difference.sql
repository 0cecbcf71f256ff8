-- T34: two counts that differ by one person do not give that person away.
SET search_path = mallory, public, pkint;
SELECT attack.control((SELECT count(DISTINCT person) FROM bare.victim) - (SELECT count(DISTINCT person) FROM bare.victim WHERE person <> 'p77') = 1, 'count(DISTINCT) of all less that of all but one', 'the difference is 1: he is in it');
SELECT attack.ok(count(*) FILTER (WHERE without <> all_of_them) = 0, 'safe_count of all less that of all but one, for fifty people', 'no difference')
FROM (SELECT n, (SELECT pkint.safe_count(person) FROM bare.victim WHERE person <> 'p' || n) AS without FROM generate_series(1, 50) n) t, (SELECT pkint.safe_count(person) AS all_of_them FROM bare.victim) a;
SELECT attack.ok(b IS NOT DISTINCT FROM a, 'leaving out somebody who is in it, and somebody who is not', 'the same answer')
FROM (SELECT (SELECT pkint.safe_count(person) FROM bare.victim WHERE person <> 'p12') AS a, (SELECT pkint.safe_count(person) FROM bare.victim WHERE person <> 'no such') AS b) t;
SELECT attack.ok((SELECT pkint.safe_count(person) FROM bare.victim WHERE person IN ('p1', 'p2', 'p3', 'p4')) IS NULL, 'four people', 'no answer');
SELECT attack.ok(bool_and(c IS NULL), 'one person at a time, two hundred times', 'no answer') FROM (SELECT pkint.safe_count(person) AS c FROM bare.victim GROUP BY person) t;
-- a cross table with one small cell: can it be had from the totals?
SELECT attack.ok(bool_and(gaps <> 1), 'a gap alone in its row or column of a cross table', 'there is none')
FROM (SELECT count(*) FILTER (WHERE c.count IS NULL) AS gaps FROM pkint.safe_cross_rows((SELECT pkint.safe_cross(person, sex, age) FROM bare.victim)) c WHERE row_label <> 'total' AND column_label <> 'total' GROUP BY row_label
	UNION ALL SELECT count(*) FILTER (WHERE c.count IS NULL) FROM pkint.safe_cross_rows((SELECT pkint.safe_cross(person, sex, age) FROM bare.victim)) c WHERE row_label <> 'total' AND column_label <> 'total' GROUP BY column_label) g;

-- tables and counts together: whatever was told of all the people is told of all but one, in whatever order
CREATE FUNCTION pg_temp.told(without text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('table', (SELECT pkint.safe_cross(person, sex, age) FROM bare.victim WHERE person <> without),
		'women', (SELECT pkint.safe_count(person) FROM bare.victim WHERE sex = 'f' AND person <> without),
		'old', (SELECT pkint.safe_count(person) FROM bare.victim WHERE age = '60+' AND person <> without),
		'not old', (SELECT pkint.safe_count(person) FROM bare.victim WHERE age <> '60+' AND person <> without),
		'women not old', (SELECT pkint.safe_count(person) FROM bare.victim WHERE sex = 'f' AND age <> '60+' AND person <> without),
		'turned', (SELECT pkint.safe_cross(person, age, sex) FROM bare.victim WHERE person <> without))
$$;
CREATE TEMP TABLE transcript AS SELECT pg_temp.told('nobody') AS told;
SELECT attack.ok(count(*) FILTER (WHERE pg_temp.told('p' || n) <> told) = 0, 'tables and counts without one person, for thirty people', 'nothing differs')
FROM generate_series(10, 39) n, transcript;
SELECT attack.ok(c.count = (t.told ->> 'women')::int, 'a total of a table and a count of the same people', 'the same answer')
FROM transcript t, pkint.safe_cross_rows(t.told -> 'table') c WHERE c.row_label = 'f' AND c.column_label = 'total';
SELECT attack.ok(a.count = b.count, 'a count of all but one first, the table after it', 'the total is that of the count')
FROM (SELECT pkint.safe_count(person) AS count FROM bare.victim WHERE sex = 'm' AND age = '60+' AND person <> 'p11') a,
	pkint.safe_cross_rows((SELECT pkint.safe_cross(person, age, sex) FROM bare.victim WHERE sex = 'm')) b WHERE b.row_label = '60+' AND b.column_label = 'm';
