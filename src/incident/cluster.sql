-- src/incident/cluster.sql: density clusters in space and time.

CREATE FUNCTION pkint.cluster_events(footprint pkint.footprint, metres double precision, around interval, min_points integer) RETURNS integer
	LANGUAGE C IMMUTABLE WINDOW PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_cluster_events';
COMMENT ON FUNCTION pkint.cluster_events(pkint.footprint, double precision, interval, integer) IS
	'window function: the density cluster that an event belongs to, numbered from 1 by the earliest core of each, or null for none. Neighbours are at most so many metres (on the ellipsoid, middle to middle) and the interval (middle to middle of the times) apart; an event with min_points of them, itself counted, is a core; an event at the border of several clusters goes to the earliest core beside it, so that the answer does not depend on the order of the rows. Negative or infinite terms are refused. Method: ST-DBSCAN (Birant and Kut 2007) over sorted cells. Example: SELECT *, pkint.cluster_events(footprint, 5000, ''2 days'', 3) OVER () FROM mission.report';
