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
