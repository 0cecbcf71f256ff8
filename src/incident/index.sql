-- src/incident/index.sql: operators over footprints, their estimators, and the GiST operator class.

-- estimators

CREATE FUNCTION pkint.meets_sel(internal, oid, internal, integer) RETURNS double precision
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_meets_sel';
COMMENT ON FUNCTION pkint.meets_sel(internal, oid, internal, integer) IS 'restriction selectivity of && and &= over footprints';
CREATE FUNCTION pkint.meets_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_meets_joinsel';
COMMENT ON FUNCTION pkint.meets_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of operators over footprints';
CREATE FUNCTION pkint.contains_sel(internal, oid, internal, integer) RETURNS double precision
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_contains_sel';
COMMENT ON FUNCTION pkint.contains_sel(internal, oid, internal, integer) IS 'restriction selectivity of @> over footprints';
CREATE FUNCTION pkint.contained_sel(internal, oid, internal, integer) RETURNS double precision
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_contained_sel';
COMMENT ON FUNCTION pkint.contained_sel(internal, oid, internal, integer) IS 'restriction selectivity of <@ over footprints';
CREATE FUNCTION pkint.footprint_typanalyze(internal) RETURNS boolean
	LANGUAGE C VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_typanalyze';
COMMENT ON FUNCTION pkint.footprint_typanalyze(internal) IS 'what ANALYZE calls for a column of footprints: a histogram of places, times, radii and lengths';
ALTER TYPE pkint.footprint SET (ANALYZE = pkint.footprint_typanalyze);

ALTER OPERATOR pkint.&& (pkint.footprint, pkint.footprint) SET (RESTRICT = pkint.meets_sel, JOIN = pkint.meets_joinsel);
ALTER OPERATOR pkint.&= (pkint.footprint, pkint.footprint) SET (RESTRICT = pkint.meets_sel, JOIN = pkint.meets_joinsel);

-- more relations

CREATE FUNCTION pkint.footprint_overlaps_range(pkint.footprint, tstzrange) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_footprint_overlaps_range';
COMMENT ON FUNCTION pkint.footprint_overlaps_range(pkint.footprint, tstzrange) IS 'implementation of && operator';
CREATE OPERATOR pkint.&& (
	LEFTARG = pkint.footprint, RIGHTARG = tstzrange,
	FUNCTION = pkint.footprint_overlaps_range,
	RESTRICT = pkint.meets_sel, JOIN = contjoinsel
);
COMMENT ON OPERATOR pkint.&& (pkint.footprint, tstzrange) IS
	'it may have happened during the range, wherever it was; an empty range overlaps nothing';

CREATE FUNCTION pkint.footprint_contains(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'pkint_footprint_contains';
COMMENT ON FUNCTION pkint.footprint_contains(pkint.footprint, pkint.footprint) IS 'implementation of @> operator';
CREATE FUNCTION pkint.footprint_contained(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'pkint_footprint_contained';
COMMENT ON FUNCTION pkint.footprint_contained(pkint.footprint, pkint.footprint) IS 'implementation of <@ operator';
CREATE OPERATOR pkint.@> (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_contains, COMMUTATOR = OPERATOR(pkint.<@),
	RESTRICT = pkint.contains_sel, JOIN = pkint.meets_joinsel
);
COMMENT ON OPERATOR pkint.@> (pkint.footprint, pkint.footprint) IS
	'surely contains: wherever in its disc and whenever in its range the right one was, it was within the left one (distance plus its radius at most the left radius)';
CREATE OPERATOR pkint.<@ (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_contained, COMMUTATOR = OPERATOR(pkint.@>),
	RESTRICT = pkint.contained_sel, JOIN = pkint.meets_joinsel
);
COMMENT ON OPERATOR pkint.<@ (pkint.footprint, pkint.footprint) IS 'surely lies within';

CREATE FUNCTION pkint.widen(footprint pkint.footprint, metres double precision, around interval) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_widen_footprint';
COMMENT ON FUNCTION pkint.widen(pkint.footprint, double precision, interval) IS
	'the footprint with its radius grown by metres (at most to half the earth''s girth) and its time by the interval, and a microsecond, at both ends; a negative number counts as zero. A month counts as 30 days';
CREATE FUNCTION pkint.within_support(internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_within_support';
COMMENT ON FUNCTION pkint.within_support(internal) IS 'planner support of within(): the index condition and the number of rows';
CREATE FUNCTION pkint.within(pkint.footprint, pkint.footprint, metres double precision, around interval) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2 SUPPORT pkint.within_support
	AS 'MODULE_PATHNAME', 'pkint_within';
COMMENT ON FUNCTION pkint.within(pkint.footprint, pkint.footprint, double precision, interval) IS
	'near in both: at most so many metres between the discs, and at most the interval between the times. A negative distance or interval is never met. Uses a GiST index on either footprint. Example: pkint.within(footprint, pkint.footprint(''33NWD9667'', ''[2022-11-03,2022-11-04)''), 5000, ''2 days'')';
CREATE FUNCTION pkint.time_gap(pkint.footprint, pkint.footprint) RETURNS interval
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_time_gap_of';
COMMENT ON FUNCTION pkint.time_gap(pkint.footprint, pkint.footprint) IS 'time between two footprints, zero where their times overlap or touch';

-- nearest first

CREATE TYPE pkint.probe;
CREATE FUNCTION pkint.probe_in(cstring) RETURNS pkint.probe
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_probe_in';
COMMENT ON FUNCTION pkint.probe_in(cstring) IS 'input of pkint.probe';
CREATE FUNCTION pkint.probe_out(pkint.probe) RETURNS cstring
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_probe_out';
COMMENT ON FUNCTION pkint.probe_out(pkint.probe) IS 'output of pkint.probe';
CREATE FUNCTION pkint.probe_recv(internal) RETURNS pkint.probe
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_probe_recv';
COMMENT ON FUNCTION pkint.probe_recv(internal) IS 'binary input of pkint.probe';
CREATE FUNCTION pkint.probe_send(pkint.probe) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_probe_send';
COMMENT ON FUNCTION pkint.probe_send(pkint.probe) IS 'binary output of pkint.probe';
CREATE TYPE pkint.probe (
	INPUT = pkint.probe_in, OUTPUT = pkint.probe_out, RECEIVE = pkint.probe_recv, SEND = pkint.probe_send,
	INTERNALLENGTH = 56, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE pkint.probe IS
	'where and when a nearest-first search starts, and the speed at which time counts as distance: made by pkint.probe(footprint, speed_kmh)';
CREATE FUNCTION pkint.probe(footprint pkint.footprint, speed_kmh double precision) RETURNS pkint.probe
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_probe';
COMMENT ON FUNCTION pkint.probe(pkint.footprint, double precision) IS
	'operand of <-> in which time counts as distance at a speed in km/h: at 0.24 km/h an hour weighs as much as 240 m. A negative or infinite speed is refused. Example: SELECT … ORDER BY footprint <-> pkint.probe(pkint.footprint(''33NWD9667'', ''[2022-11-03,2022-11-04)''), 0.24) LIMIT 10';

CREATE FUNCTION pkint.footprint_distance(pkint.footprint, pkint.footprint) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'pkint_footprint_distance';
COMMENT ON FUNCTION pkint.footprint_distance(pkint.footprint, pkint.footprint) IS 'implementation of <-> operator';
CREATE FUNCTION pkint.footprint_distance_probe(pkint.footprint, pkint.probe) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'pkint_footprint_distance_probe';
COMMENT ON FUNCTION pkint.footprint_distance_probe(pkint.footprint, pkint.probe) IS 'implementation of <-> operator';
CREATE OPERATOR pkint.<-> (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_distance, COMMUTATOR = OPERATOR(pkint.<->)
);
COMMENT ON OPERATOR pkint.<-> (pkint.footprint, pkint.footprint) IS
	'metres on the ellipsoid between the discs, 0 where they touch; time does not count';
CREATE OPERATOR pkint.<-> (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.probe,
	FUNCTION = pkint.footprint_distance_probe
);
COMMENT ON OPERATOR pkint.<-> (pkint.footprint, pkint.probe) IS
	'metres between the discs, and the time between them at the speed of the probe';

-- the operator class

CREATE TYPE pkint.footprint_box;
CREATE FUNCTION pkint.footprint_box_in(cstring) RETURNS pkint.footprint_box
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_box_in';
COMMENT ON FUNCTION pkint.footprint_box_in(cstring) IS 'refuses: the key of an index cannot be written';
CREATE FUNCTION pkint.footprint_box_out(pkint.footprint_box) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_box_out';
COMMENT ON FUNCTION pkint.footprint_box_out(pkint.footprint_box) IS 'output of pkint.footprint_box';
CREATE TYPE pkint.footprint_box (
	INPUT = pkint.footprint_box_in, OUTPUT = pkint.footprint_box_out,
	INTERNALLENGTH = 32, ALIGNMENT = int4, STORAGE = plain
);
COMMENT ON TYPE pkint.footprint_box IS
	'key of a GiST index over footprints: earth-centred bounds in metres and minutes since 2000, rounded outward';

CREATE FUNCTION pkint.footprint_consistent(internal, pkint.footprint, smallint, oid, internal) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_consistent';
COMMENT ON FUNCTION pkint.footprint_consistent(internal, pkint.footprint, smallint, oid, internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_union(internal, internal) RETURNS pkint.footprint_box
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_union';
COMMENT ON FUNCTION pkint.footprint_union(internal, internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_compress(internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_compress';
COMMENT ON FUNCTION pkint.footprint_compress(internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_penalty(internal, internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_penalty';
COMMENT ON FUNCTION pkint.footprint_penalty(internal, internal, internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_picksplit(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_picksplit';
COMMENT ON FUNCTION pkint.footprint_picksplit(internal, internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_same(pkint.footprint_box, pkint.footprint_box, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_same';
COMMENT ON FUNCTION pkint.footprint_same(pkint.footprint_box, pkint.footprint_box, internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_box_distance(internal, pkint.footprint, smallint, oid, internal) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_box_distance';
COMMENT ON FUNCTION pkint.footprint_box_distance(internal, pkint.footprint, smallint, oid, internal) IS 'GiST support';
CREATE FUNCTION pkint.footprint_sortsupport(internal) RETURNS void
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pkint_footprint_sortsupport';
COMMENT ON FUNCTION pkint.footprint_sortsupport(internal) IS 'GiST support: order of a sorted build';

CREATE OPERATOR CLASS pkint.footprint_ops DEFAULT FOR TYPE pkint.footprint USING gist AS
	OPERATOR 1 pkint.&& ,
	OPERATOR 1 pkint.&& (pkint.footprint, tstzrange),
	OPERATOR 2 pkint.&= ,
	OPERATOR 3 pkint.@> ,
	OPERATOR 4 pkint.<@ ,
	OPERATOR 15 pkint.<-> (pkint.footprint, pkint.footprint) FOR ORDER BY pg_catalog.float_ops,
	OPERATOR 16 pkint.<-> (pkint.footprint, pkint.probe) FOR ORDER BY pg_catalog.float_ops,
	FUNCTION 1 pkint.footprint_consistent(internal, pkint.footprint, smallint, oid, internal),
	FUNCTION 2 pkint.footprint_union(internal, internal),
	FUNCTION 3 pkint.footprint_compress(internal),
	FUNCTION 5 pkint.footprint_penalty(internal, internal, internal),
	FUNCTION 6 pkint.footprint_picksplit(internal, internal),
	FUNCTION 7 pkint.footprint_same(pkint.footprint_box, pkint.footprint_box, internal),
	FUNCTION 8 pkint.footprint_box_distance(internal, pkint.footprint, smallint, oid, internal),
	FUNCTION 11 pkint.footprint_sortsupport(internal),
	STORAGE pkint.footprint_box;
COMMENT ON OPERATOR CLASS pkint.footprint_ops USING gist IS
	'where and when, the error radius in the key: && &= @> <@, && with a time range, within(), and nearest first by <->';
