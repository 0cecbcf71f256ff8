-- Grading of sources and information: a partial order (R24).
SET search_path = public, pkint;
SELECT 'B2'::grading, 'b2'::grading, 'B-2'::grading, ' F / 6'::text, grading('c', 3), grading_words('B2'), grading_words('F6', 'fr');
SELECT reliability('D4'::grading), credibility('D4'::grading), pg_column_size('D4'::grading) AS bytes;
CREATE TEMP TABLE g AS SELECT grading(r, c) AS g FROM unnest(ARRAY['A', 'B', 'C', 'D', 'E', 'F']) r, generate_series(1, 6) c;
SELECT count(*), count(DISTINCT g), min(g::text), max(g::text) FROM g;
-- a partial order: reflexive, antisymmetric, transitive
SELECT bool_and(g @> g) AS reflexive FROM g;
SELECT count(*) AS broken FROM g a, g b WHERE (a.g @> b.g AND b.g @> a.g) <> (a.g = b.g);
SELECT count(*) AS broken FROM g a, g b, g c WHERE a.g @> b.g AND b.g @> c.g AND NOT a.g @> c.g;
SELECT count(*) AS broken FROM g a, g b WHERE (a.g @> b.g) <> (b.g <@ a.g);
-- against the definition
SELECT count(*) AS broken FROM g a, g b WHERE (a.g @> b.g) <>
	(CASE WHEN 'F' IN (reliability(a.g), reliability(b.g)) THEN reliability(a.g) = reliability(b.g) ELSE reliability(a.g) <= reliability(b.g) END
	AND CASE WHEN 6 IN (credibility(a.g), credibility(b.g)) THEN credibility(a.g) = credibility(b.g) ELSE credibility(a.g) <= credibility(b.g) END);
SELECT 'A1'::grading @> 'E5' AS better, 'B3'::grading @> 'C2' AS mixed, 'C2'::grading @> 'B3' AS mixed, 'A1'::grading @> 'F1' AS unjudged,
	'F1'::grading @> 'E5' AS unjudged, 'F2'::grading @> 'F3' AS same_letter, 'A6'::grading @> 'B6' AS same_number, 'F6'::grading @> 'E5' AS f6_is_not_worst, 'E5'::grading @> 'F6' AS nor_below;
-- the best of several: none of them is better, whatever their order
SELECT best_grading(g) FROM unnest(ARRAY['C3', 'B2', 'D1']::grading[]) g;
SELECT best_grading(g) FROM unnest(ARRAY['F6', 'E5']::grading[]) g;
SELECT best_grading(g) FROM unnest(ARRAY[]::grading[]) g;
SELECT count(*) AS broken FROM (SELECT best_grading(g ORDER BY g) AS x, best_grading(g ORDER BY g DESC) AS y, array_agg(g) AS all_
	FROM g a, generate_series(1, 200) AS s WHERE (ascii(reliability(g)) * 7 + credibility(g) * s * 13 + s) % 5 = 0 GROUP BY s) t
WHERE x <> y OR NOT x = ANY (all_) OR EXISTS (SELECT FROM unnest(all_) o WHERE o @> x AND o <> x);
SELECT count(*) AS broken FROM g a, g b WHERE better_grading(a.g, b.g) <> better_grading(b.g, a.g) OR (a.g @> b.g AND better_grading(a.g, b.g) <> a.g);
-- sorted, grouped, hashed
SELECT array_agg(g ORDER BY g) FROM g WHERE g < 'B2';
SELECT count(*) FROM g a JOIN g b USING (g);
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE opcname = 'grading_ops' ORDER BY 2;
-- refused
SELECT 'G1'::grading;
SELECT 'A0'::grading;
SELECT 'A7'::grading;
SELECT ''::grading;
SELECT 'A'::grading;
SELECT 'A12'::grading;
SELECT grading('AB', 1);
SELECT grading('A', 7);
