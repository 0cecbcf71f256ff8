-- T33: ten thousand repeated or jittered questions about one source's place
-- narrow it by nothing.  The attacker sees the place through a view's function.
SET search_path = mallory, public, pkint;
SELECT attack.ok(count(DISTINCT shown) = 1, 'one place asked for 10,000 times', count(DISTINCT shown) || ' answer')
FROM (SELECT pkint.shown_place('secret.sighting', '1')::text AS shown FROM generate_series(1, 10000)) t;
CREATE TEMP TABLE asked AS SELECT pkint.shown_place('secret.sighting', id::text) AS shown FROM secret.sighting;
SELECT attack.ok(count(DISTINCT shown) <= 4 AND min(distance) <= pkint.approximate_radius_m(10000),
	'10,000 sightings within 50 metres', format('%s answers, none nearer than the cell allows', count(DISTINCT shown)))
FROM (SELECT shown::text, ST_Distance(shown, 'POINT(18.55 4.36)') AS distance FROM asked) t;
SELECT attack.ok(ST_Distance(ST_Centroid(ST_Collect(shown::geometry))::geography, 'POINT(18.55 4.36)') > 100, 'the mean of all the answers',
	format('%s metres from the truth', round(ST_Distance(ST_Centroid(ST_Collect(shown::geometry))::geography, 'POINT(18.55 4.36)')::numeric / 100) * 100))
FROM asked;
SELECT attack.control(ST_Distance(ST_Centroid(ST_Collect(noisy))::geography, 'POINT(18.55 4.36)') < 300, 'the mean of fresh noise of 1 km, as others have it',
	round(ST_Distance(ST_Centroid(ST_Collect(noisy))::geography, 'POINT(18.55 4.36)')) || ' metres from the truth')
FROM (SELECT ST_Project('POINT(18.55 4.36)'::geography, 1000 * random(), 2 * pi() * random())::geometry AS noisy FROM generate_series(1, 10000)) t;
