-- src/incident/footprint.sql: where and when, with the uncertainty that reports have.

CREATE TYPE pkint.footprint;

CREATE FUNCTION pkint.footprint_in(cstring) RETURNS pkint.footprint
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_footprint_in';
COMMENT ON FUNCTION pkint.footprint_in(cstring) IS 'input of pkint.footprint';

CREATE FUNCTION pkint.footprint_out(pkint.footprint) RETURNS cstring
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_footprint_out';
COMMENT ON FUNCTION pkint.footprint_out(pkint.footprint) IS 'output of pkint.footprint';

CREATE FUNCTION pkint.footprint_recv(internal) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_recv';
COMMENT ON FUNCTION pkint.footprint_recv(internal) IS 'binary input of pkint.footprint';

CREATE FUNCTION pkint.footprint_send(pkint.footprint) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_send';
COMMENT ON FUNCTION pkint.footprint_send(pkint.footprint) IS 'binary output of pkint.footprint';

CREATE TYPE pkint.footprint (
	INPUT = pkint.footprint_in,
	OUTPUT = pkint.footprint_out,
	RECEIVE = pkint.footprint_recv,
	SEND = pkint.footprint_send,
	INTERNALLENGTH = 48,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE pkint.footprint IS
	'where and when something happened: a point on WGS 84 with an error radius in metres, and a half-open time range. Written <(longitude latitude),radius,[from,to)>, or as a grid reference before a range: ''33NWD9667 [2022-11-01,2022-12-01)''';

-- equality, order, hash

CREATE FUNCTION pkint.footprint_eq(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_eq';
COMMENT ON FUNCTION pkint.footprint_eq(pkint.footprint, pkint.footprint) IS 'implementation of = operator';
CREATE FUNCTION pkint.footprint_ne(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_ne';
COMMENT ON FUNCTION pkint.footprint_ne(pkint.footprint, pkint.footprint) IS 'implementation of <> operator';
CREATE FUNCTION pkint.footprint_lt(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_lt';
COMMENT ON FUNCTION pkint.footprint_lt(pkint.footprint, pkint.footprint) IS 'implementation of < operator';
CREATE FUNCTION pkint.footprint_le(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_le';
COMMENT ON FUNCTION pkint.footprint_le(pkint.footprint, pkint.footprint) IS 'implementation of <= operator';
CREATE FUNCTION pkint.footprint_gt(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_gt';
COMMENT ON FUNCTION pkint.footprint_gt(pkint.footprint, pkint.footprint) IS 'implementation of > operator';
CREATE FUNCTION pkint.footprint_ge(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_ge';
COMMENT ON FUNCTION pkint.footprint_ge(pkint.footprint, pkint.footprint) IS 'implementation of >= operator';
CREATE FUNCTION pkint.footprint_cmp(pkint.footprint, pkint.footprint) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_cmp';
COMMENT ON FUNCTION pkint.footprint_cmp(pkint.footprint, pkint.footprint) IS 'less, equal or greater: -1, 0 or 1, by time, then place';
CREATE FUNCTION pkint.footprint_hash(pkint.footprint) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_hash';
COMMENT ON FUNCTION pkint.footprint_hash(pkint.footprint) IS 'hash of a footprint';
CREATE FUNCTION pkint.footprint_hash_extended(pkint.footprint, bigint) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_hash_extended';
COMMENT ON FUNCTION pkint.footprint_hash_extended(pkint.footprint, bigint) IS 'hash of a footprint, with a seed';

CREATE OPERATOR pkint.= (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_eq, COMMUTATOR = OPERATOR(pkint.=),
	NEGATOR = OPERATOR(pkint.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pkint.= (pkint.footprint, pkint.footprint) IS 'the same in every part, kinds included';
CREATE OPERATOR pkint.<> (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_ne, COMMUTATOR = OPERATOR(pkint.<>),
	NEGATOR = OPERATOR(pkint.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pkint.<> (pkint.footprint, pkint.footprint) IS 'different in some part';
CREATE OPERATOR pkint.< (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_lt, COMMUTATOR = OPERATOR(pkint.>),
	NEGATOR = OPERATOR(pkint.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pkint.< (pkint.footprint, pkint.footprint) IS 'earlier in the order of footprints';
CREATE OPERATOR pkint.<= (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_le, COMMUTATOR = OPERATOR(pkint.>=),
	NEGATOR = OPERATOR(pkint.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pkint.<= (pkint.footprint, pkint.footprint) IS 'earlier in the order of footprints, or equal';
CREATE OPERATOR pkint.> (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_gt, COMMUTATOR = OPERATOR(pkint.<),
	NEGATOR = OPERATOR(pkint.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pkint.> (pkint.footprint, pkint.footprint) IS 'later in the order of footprints';
CREATE OPERATOR pkint.>= (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_ge, COMMUTATOR = OPERATOR(pkint.<=),
	NEGATOR = OPERATOR(pkint.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pkint.>= (pkint.footprint, pkint.footprint) IS 'later in the order of footprints, or equal';

CREATE OPERATOR CLASS pkint.footprint_ops DEFAULT FOR TYPE pkint.footprint USING btree AS
	OPERATOR 1 pkint.<, OPERATOR 2 pkint.<=, OPERATOR 3 pkint.=,
	OPERATOR 4 pkint.>=, OPERATOR 5 pkint.>,
	FUNCTION 1 pkint.footprint_cmp(pkint.footprint, pkint.footprint);
COMMENT ON OPERATOR CLASS pkint.footprint_ops USING btree IS 'order of footprints: by time, then place';
CREATE OPERATOR CLASS pkint.footprint_ops DEFAULT FOR TYPE pkint.footprint USING hash AS
	OPERATOR 1 pkint.=,
	FUNCTION 1 pkint.footprint_hash(pkint.footprint),
	FUNCTION 2 pkint.footprint_hash_extended(pkint.footprint, bigint);
COMMENT ON OPERATOR CLASS pkint.footprint_ops USING hash IS 'equality of footprints';

-- parts

CREATE FUNCTION pkint.longitude(pkint.footprint) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_longitude';
COMMENT ON FUNCTION pkint.longitude(pkint.footprint) IS 'longitude of the middle in degrees, from -180 up to but not including 180';
CREATE FUNCTION pkint.latitude(pkint.footprint) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_latitude';
COMMENT ON FUNCTION pkint.latitude(pkint.footprint) IS 'latitude of the middle in degrees, from -90 to 90';
CREATE FUNCTION pkint.radius_m(pkint.footprint) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_radius_m';
COMMENT ON FUNCTION pkint.radius_m(pkint.footprint) IS 'error radius in metres';
CREATE FUNCTION pkint.during(pkint.footprint) RETURNS tstzrange
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_during';
COMMENT ON FUNCTION pkint.during(pkint.footprint) IS 'time range: [from,to), or [t,t] where it is an instant; unknown ends are unbounded';
CREATE FUNCTION pkint.place_kind(pkint.footprint) RETURNS text
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_place_kind_of';
COMMENT ON FUNCTION pkint.place_kind(pkint.footprint) IS 'how the place is known: exact, near, mgrs0 to mgrs5 (digit pairs of a grid reference), gridzone, town, admin2, admin1, area, country or water';
CREATE FUNCTION pkint.time_kind(pkint.footprint) RETURNS text
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_time_kind_of';
COMMENT ON FUNCTION pkint.time_kind(pkint.footprint) IS 'how the time is known: exact, hour, day, days, week, month or year';
CREATE FUNCTION pkint.place(footprint pkint.footprint) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT geography(ST_SetSRID(ST_MakePoint(pkint.longitude(footprint), pkint.latitude(footprint)), 4326));
	END;
COMMENT ON FUNCTION pkint.place(pkint.footprint) IS 'middle of a footprint, as a point of PostGIS';

-- making

CREATE FUNCTION pkint.make_footprint(longitude double precision, latitude double precision,
		radius_m double precision, during tstzrange,
		place_kind text DEFAULT 'exact', time_kind text DEFAULT 'exact') RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_make_footprint';
COMMENT ON FUNCTION pkint.make_footprint(double precision, double precision, double precision, tstzrange, text, text) IS
	'footprint from its parts: degrees on WGS 84, metres, a time range that is not empty, and how place and time are known. Longitudes are brought to [-180, 180); a latitude beyond 90, a radius below zero or beyond half the earth''s girth, NaN and infinity are refused. Example: pkint.make_footprint(18.55, 4.37, 500, ''[2022-05-03,2022-05-04)'')';

CREATE FUNCTION pkint.footprint_ewkb(place bytea, radius_m double precision, during tstzrange) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_ewkb';
COMMENT ON FUNCTION pkint.footprint_ewkb(bytea, double precision, tstzrange) IS
	'footprint from a point in the form of ST_AsEWKB(); what footprint(place, radius_m, during) is made of';

CREATE FUNCTION pkint.plain_place(place geometry) RETURNS geometry
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN ST_SRID(place) IN (0, 4326) THEN place ELSE ST_Transform(place, 4326) END;
	END;
COMMENT ON FUNCTION pkint.plain_place(geometry) IS
	'the geometry in longitude and latitude on WGS 84: transformed where it states another spatial reference system, taken as it is where it states none';

CREATE FUNCTION pkint.footprint(place geography, radius_m double precision, during tstzrange) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.footprint_ewkb(ST_AsEWKB(pkint.plain_place(geometry(place))), radius_m, during);
	END;
COMMENT ON FUNCTION pkint.footprint(geography, double precision, tstzrange) IS
	'footprint from a point, its error radius in metres and a time range. An empty or three-dimensional point and an empty range are refused; other longitude-latitude systems are transformed to WGS 84. Note that PostGIS itself bends a latitude of 91 to 89 when it makes a geography: give a geometry, and it is refused here. Example: pkint.footprint(ST_MakePoint(18.55, 4.37), 500, ''[2022-05-03,2022-05-04)'')';

CREATE FUNCTION pkint.footprint(place geometry, radius_m double precision, during tstzrange) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.footprint_ewkb(ST_AsEWKB(pkint.plain_place(place)), radius_m, during);
	END;
COMMENT ON FUNCTION pkint.footprint(geometry, double precision, tstzrange) IS
	'footprint from a point geometry, its error radius in metres and a time range; transformed to WGS 84 where it states another spatial reference system';

CREATE FUNCTION pkint.footprint(mgrs text, during tstzrange) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_footprint_mgrs';
COMMENT ON FUNCTION pkint.footprint(text, tstzrange) IS
	'footprint from a grid reference and a time range: the disc around the cell that the reference names, its middle and half its diagonal. Example: pkint.footprint(''33NWD9667'', ''[2022-11-01,2022-12-01)'')';

CREATE FUNCTION pkint.footprint(place text, radius_m double precision, during tstzrange) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN place ~* '^\s*(point|srid|[0-9a-f]{42})'
			THEN pkint.footprint(ST_GeomFromEWKT(place), radius_m, during)
			ELSE pkint.make_footprint(pkint.longitude(pkint.footprint(place, during)),
				pkint.latitude(pkint.footprint(place, during)),
				pkint.radius_m(pkint.footprint(place, during)) + radius_m, during,
				pkint.place_kind(pkint.footprint(place, during)))
			END;
	END;
COMMENT ON FUNCTION pkint.footprint(text, double precision, tstzrange) IS
	'footprint from a point as text (''POINT(18.55 4.37)''), or from a grid reference around which a radius in metres is added, and a time range';

-- casts

CREATE CAST (pkint.footprint AS geography) WITH FUNCTION pkint.place(pkint.footprint) AS ASSIGNMENT;
CREATE CAST (pkint.footprint AS tstzrange) WITH FUNCTION pkint.during(pkint.footprint) AS ASSIGNMENT;

-- relations

CREATE FUNCTION pkint.footprint_overlaps(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_footprint_overlaps';
COMMENT ON FUNCTION pkint.footprint_overlaps(pkint.footprint, pkint.footprint) IS 'implementation of && operator';
CREATE FUNCTION pkint.may_be_same(pkint.footprint, pkint.footprint) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'pkint_may_be_same';
COMMENT ON FUNCTION pkint.may_be_same(pkint.footprint, pkint.footprint) IS
	'may these be the same event? Their discs touch (distance on the ellipsoid at most the sum of the radii) and their times overlap; the same as a &= b. Distances after Karney, Journal of Geodesy 87 (2013)';

CREATE OPERATOR pkint.&& (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.footprint_overlaps, COMMUTATOR = OPERATOR(pkint.&&),
	RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR pkint.&& (pkint.footprint, pkint.footprint) IS
	'bounds overlap: the earth-centred boxes around the discs and the time ranges; a quick test that holds wherever &= does';
CREATE OPERATOR pkint.&= (
	LEFTARG = pkint.footprint, RIGHTARG = pkint.footprint,
	FUNCTION = pkint.may_be_same, COMMUTATOR = OPERATOR(pkint.&=),
	RESTRICT = contsel, JOIN = contjoinsel
);
COMMENT ON OPERATOR pkint.&= (pkint.footprint, pkint.footprint) IS
	'may be the same event: the discs touch on the ellipsoid and the times overlap';
