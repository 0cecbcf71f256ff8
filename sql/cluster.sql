-- cluster_events(): equal to brute force, whatever the order of the rows.
SET search_path = public, pkint;
SET timezone = 'UTC';
SET jit = off;
-- scattered, three dense towns, one place again and again, pole and dateline, instants and ranges, open times, nulls
CREATE TEMP TABLE event (id integer, f footprint);
SELECT setseed(0.7);
INSERT INTO event SELECT i, make_footprint(CASE i % 6 WHEN 0 THEN 18.5 + random() * 0.2 WHEN 1 THEN 20.1 + random() * 0.02 WHEN 2 THEN 21.75
		WHEN 3 THEN 179.95 + random() * 0.1 WHEN 4 THEN random() * 360 - 180 ELSE 16 + random() * 8 END,
	CASE i % 6 WHEN 0 THEN 4.3 + random() * 0.2 WHEN 1 THEN 6.5 + random() * 0.02 WHEN 2 THEN 5.6 WHEN 3 THEN random() * 0.1 WHEN 4 THEN 90 - random() * 0.05 ELSE 3 + random() * 5 END,
	exp(random() * 9), CASE WHEN random() < 0.02 THEN '(,)' WHEN random() < 0.05 THEN tstzrange(t, NULL) WHEN random() < 0.05 THEN tstzrange(NULL, t)
		WHEN random() < 0.3 THEN tstzrange(t, t, '[]') ELSE tstzrange(t, t + random() * interval '3 days', '[]') END)
FROM (SELECT i, '2022-01-01'::timestamptz + floor(random() * 60 * 24) * interval '1 hour' AS t FROM generate_series(1, 480) AS i) AS s;
INSERT INTO event SELECT 1000 + i, NULL FROM generate_series(1, 5) AS i;
INSERT INTO event SELECT 2000 + id, f FROM event WHERE id % 20 = 0;

-- by brute force: neighbours, cores, the clusters that cores make, borders
CREATE FUNCTION pg_temp.brute(m double precision, i interval, k integer) RETURNS TABLE (id integer, cluster integer) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMP TABLE e AS SELECT t.id, f, make_footprint(longitude(f), latitude(f), 0, '(,)') AS at,
		CASE WHEN lower_inf(during(f)) THEN upper(during(f)) WHEN upper_inf(during(f)) THEN lower(during(f))
			ELSE lower(during(f)) + (upper(during(f)) - lower(during(f))) / 2 END AS t
		FROM event t WHERE f IS NOT NULL AND during(f) <> '(,)';
	CREATE TEMP TABLE near AS SELECT a.id AS a, b.id AS b FROM e a, e b
		WHERE a.at <-> b.at <= m AND a.t - b.t BETWEEN -i AND i;
	CREATE TEMP TABLE core AS SELECT a AS id, a AS root FROM near GROUP BY a HAVING count(*) >= k;
	ANALYZE e; ANALYZE near; ANALYZE core;
	LOOP
		UPDATE core c SET root = n.root FROM (SELECT n.a, min(d.root) AS root FROM near n JOIN core d ON d.id = n.b GROUP BY n.a) n
		WHERE n.a = c.id AND n.root < c.root;
		EXIT WHEN NOT FOUND;
	END LOOP;
	RETURN QUERY WITH numbered AS (SELECT root, rank() OVER (ORDER BY (array_agg(e.f ORDER BY e.f))[1])::integer AS cluster FROM core JOIN e USING (id) GROUP BY root)
		SELECT t.id, (SELECT n.cluster FROM near x JOIN core c ON c.id = x.b JOIN e f ON f.id = x.b JOIN numbered n USING (root)
			WHERE x.a = t.id ORDER BY (EXISTS (SELECT FROM core x2 WHERE x2.id = t.id AND x2.root = c.root)) DESC, f.f LIMIT 1)
		FROM event t;
	DROP TABLE e, near, core;
END $$;
CREATE FUNCTION pg_temp.agree(m double precision, i interval, k integer, OUT clusters bigint, OUT in_none bigint, OUT differ bigint) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMP TABLE ours AS SELECT id, cluster_events(f, m, i, k) OVER (ORDER BY md5(id::text)) AS cluster FROM event;
	SELECT count(DISTINCT o.cluster), count(*) FILTER (WHERE o.cluster IS NULL), count(*) FILTER (WHERE o.cluster IS DISTINCT FROM b.cluster)
		INTO clusters, in_none, differ FROM ours o JOIN pg_temp.brute(m, i, k) b USING (id);
	DROP TABLE ours;
END $$;
SELECT m, i, k, a.* FROM (VALUES (5000::float8, '2 days'::interval, 3), (500, '6 hours', 2), (20000, '10 days', 8), (0, '0', 2), (0, '3 days', 3), (5000, '0', 2),
	(1000000, '1 day', 20), (3000000, '5 days', 40), (100, '1000 years', 5), (1, '1 day', 1)) AS v (m, i, k), LATERAL pg_temp.agree(m, i, k) AS a;
-- whatever the order of the rows
SELECT count(*) AS differ FROM (SELECT cluster_events(f, 5000, '2 days', 3) OVER (ORDER BY id) AS a, cluster_events(f, 5000, '2 days', 3) OVER (ORDER BY id DESC) AS b,
	cluster_events(f, 5000, '2 days', 3) OVER () AS c FROM event) AS t WHERE a IS DISTINCT FROM b OR a IS DISTINCT FROM c;
-- partitions are clustered each for itself
SELECT count(*) AS differ FROM (SELECT id, cluster_events(f, 5000, '2 days', 3) OVER (PARTITION BY id % 2) AS c FROM event) AS a
	JOIN (SELECT id, cluster_events(f, 5000, '2 days', 3) OVER () AS c FROM event WHERE id % 2 = 1) AS b USING (id) WHERE a.c IS DISTINCT FROM b.c;
-- terms that make no sense; none at all
SELECT cluster_events(f, -1, '2 days', 3) OVER () FROM event;
SELECT cluster_events(f, 'NaN', '2 days', 3) OVER () FROM event;
SELECT cluster_events(f, 'Infinity', '2 days', 3) OVER () FROM event;
SELECT cluster_events(f, 1, '-1 day', 3) OVER () FROM event;
SELECT cluster_events(f, 1, '1 day', 0) OVER () FROM event;
SELECT count(cluster_events) FROM (SELECT cluster_events(f, NULL, '1 day', 2) OVER () FROM event) AS t;
SELECT cluster_events(f, 1, '1 day', 2) OVER () FROM event WHERE false;
SELECT cluster_events(NULL, 1, '1 day', 1) OVER ();
-- a hundred thousand events on one spot take no time that grows with their square
SELECT max(c), count(c) FROM (SELECT cluster_events(make_footprint(18, 4, 0, '[2022-01-01,2022-01-01]'), 1000, '1 day', 3) OVER () AS c FROM generate_series(1, 100000)) AS t;
