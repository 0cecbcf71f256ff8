/*
 * footprint.c
 *	  Making footprints and taking them apart.
 *
 * Places come from PostGIS through SQL, as EWKB; PostGIS is not linked.
 */
#include "src/core/compat.h"
#include "src/incident/footprint.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "src/incident/ewkb.h"
#include "src/incident/mgrs_sql.h"

PG_FUNCTION_INFO_V1(pkint_make_footprint);
PG_FUNCTION_INFO_V1(pkint_footprint_ewkb);
PG_FUNCTION_INFO_V1(pkint_footprint_mgrs);
PG_FUNCTION_INFO_V1(pkint_coded_footprint);
PG_FUNCTION_INFO_V1(pkint_longitude);
PG_FUNCTION_INFO_V1(pkint_latitude);
PG_FUNCTION_INFO_V1(pkint_radius_m);
PG_FUNCTION_INFO_V1(pkint_during);
PG_FUNCTION_INFO_V1(pkint_place_kind_of);
PG_FUNCTION_INFO_V1(pkint_time_kind_of);

/* What is wrong with the parts of a footprint, or NULL. */
const char *
pkint_footprint_fault(double lon, double lat, double radius,
					  TimestampTz from, TimestampTz until)
{
	if (isnan(lon) || isnan(lat) || isnan(radius) || isinf(lon) || isinf(lat) ||
		isinf(radius))
		return gettext_noop("longitude, latitude and radius must be finite numbers");
	if (lat < -90.0 || lat > 90.0)
		return gettext_noop("the latitude must lie between -90 and 90 degrees");
	if (lon < -360.0 || lon > 360.0)
		return gettext_noop("the longitude must lie between -180 and 180 degrees");
	if (radius < 0.0)
		return gettext_noop("the radius must not be negative");
	if (radius > PKINT_RADIUS_MAX)
		return gettext_noop("the radius must not exceed half the earth's girth, 20037508 metres");
	if (from > until)
		return gettext_noop("the time must not end before it begins");
	if (TIMESTAMP_IS_NOEND(from) || TIMESTAMP_IS_NOBEGIN(until))
		return gettext_noop("the time must hold at least one instant");
	return NULL;
}

/* Fill in a footprint from valid parts, in its one normal form. */
void
pkint_footprint_set(PkintFootprint *f, double lon, double lat, double radius,
					TimestampTz from, TimestampTz until, int place_kind,
					int time_kind)
{
	if (lon >= 180.0)
		lon -= 360.0;
	else if (lon < -180.0)
		lon += 360.0;
	/* 360 has become 0; a longitude just below -180 may have become 180 */
	if (lon >= 180.0)
		lon = -180.0;
	if (fabs(lat) == 90.0)
		lon = 0.0;
	memset(f, 0, sizeof(PkintFootprint));
	/* adding zero turns the negative zero into zero */
	f->lon = lon + 0.0;
	f->lat = lat + 0.0;
	f->radius = radius + 0.0;
	f->from = from;
	f->until = until;
	f->place_kind = (uint8) place_kind;
	f->time_kind = (uint8) time_kind;
}

/* A new footprint, or an error that tells what is wrong with its parts. */
PkintFootprint *
pkint_footprint_make(double lon, double lat, double radius, TimestampTz from,
					 TimestampTz until, int place_kind, int time_kind)
{
	const char *fault = pkint_footprint_fault(lon, lat, radius, from, until);
	PkintFootprint *f;

	if (fault)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid footprint: %s", _(fault)),
				 errhint("Longitude comes before latitude, both in degrees on WGS 84; the radius is in metres.")));
	f = palloc(sizeof(PkintFootprint));
	pkint_footprint_set(f, lon, lat, radius, from, until, place_kind, time_kind);
	return f;
}

/*
 * First instant and first instant after of a tstzrange.  Timestamps are whole
 * microseconds, so an open lower or a closed upper bound is the next one.
 * Returns false if the range holds no instant.
 */
bool
pkint_range_times(const RangeType *range, TimestampTz *from, TimestampTz *until)
{
	TypeCacheEntry *typcache = lookup_type_cache(RangeTypeGetOid(range),
												 TYPECACHE_RANGE_INFO);
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(typcache, range, &lower, &upper, &empty);
	if (empty)
		return false;
	*from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
	*until = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val);
	if (!lower.infinite && !lower.inclusive && !TIMESTAMP_NOT_FINITE(*from))
		(*from)++;
	if (!upper.infinite && upper.inclusive && !TIMESTAMP_NOT_FINITE(*until) &&
		*until != *from)
		(*until)++;
	else if (*until == *from && !(lower.inclusive && upper.inclusive))
		return false;
	return *from <= *until && !TIMESTAMP_IS_NOEND(*from) &&
		!TIMESTAMP_IS_NOBEGIN(*until);
}

/* The tstzrange of a footprint's time: [from,to), or [at,at] of an instant. */
RangeType *
pkint_times_range(TimestampTz from, TimestampTz until)
{
	TypeCacheEntry *typcache = lookup_type_cache(TSTZRANGEOID,
												 TYPECACHE_RANGE_INFO);
	RangeBound	lower;
	RangeBound	upper;

	lower.val = TimestampTzGetDatum(from);
	lower.infinite = TIMESTAMP_IS_NOBEGIN(from);
	lower.inclusive = !lower.infinite;
	lower.lower = true;
	upper.val = TimestampTzGetDatum(until);
	upper.infinite = TIMESTAMP_IS_NOEND(until);
	upper.inclusive = from == until;
	upper.lower = false;
	return pkint_make_range(typcache, &lower, &upper, false);
}

/* The error for a range that holds no instant. */
void
pkint_range_fault(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid footprint: the time range is empty"),
			 errhint("Write an instant as [t,t], a time that is not known at all as (,).")));
}

/* Times of a range argument, or an error. */
static void
RangeArgument(FunctionCallInfo fcinfo, int n, TimestampTz *from,
			  TimestampTz *until)
{
	if (!pkint_range_times(PG_GETARG_RANGE_P(n), from, until))
		pkint_range_fault();
}

/* Kind of place of a text argument, or an error. */
static int
PlaceKindArgument(const text *t)
{
	int			kind = pkint_place_kind(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));

	if (kind < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown kind of place \"%s\"", text_to_cstring(t)),
				 errhint("Kinds of place are exact, near, mgrs0 to mgrs5, gridzone, town, admin2, admin1, area, country and water.")));
	return kind;
}

/* Kind of time of a text argument, or an error. */
static int
TimeKindArgument(const text *t)
{
	int			kind = pkint_time_kind(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));

	if (kind < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown kind of time \"%s\"", text_to_cstring(t)),
				 errhint("Kinds of time are exact, hour, day, days, week, month and year.")));
	return kind;
}

/* make_footprint(longitude, latitude, radius_m, during, place_kind, time_kind) */
Datum
pkint_make_footprint(PG_FUNCTION_ARGS)
{
	TimestampTz from;
	TimestampTz until;

	RangeArgument(fcinfo, 3, &from, &until);
	PG_RETURN_FOOTPRINT_P(pkint_footprint_make(PG_GETARG_FLOAT8(0),
											   PG_GETARG_FLOAT8(1),
											   PG_GETARG_FLOAT8(2),
											   from, until,
											   PlaceKindArgument(PG_GETARG_TEXT_PP(4)),
											   TimeKindArgument(PG_GETARG_TEXT_PP(5))));
}

/* footprint_ewkb(place bytea, radius_m, during): a point as PostGIS writes it */
Datum
pkint_footprint_ewkb(PG_FUNCTION_ARGS)
{
	double		lon;
	double		lat;
	TimestampTz from;
	TimestampTz until;

	RangeArgument(fcinfo, 2, &from, &until);
	pkint_ewkb_point(PG_GETARG_BYTEA_PP(0), &lon, &lat);
	PG_RETURN_FOOTPRINT_P(pkint_footprint_make(lon, lat, PG_GETARG_FLOAT8(1),
											   from, until, PKINT_PLACE_EXACT,
											   PKINT_TIME_EXACT));
}

/* footprint(mgrs text, during): the disc around the cell that is named */
Datum
pkint_footprint_mgrs(PG_FUNCTION_ARGS)
{
	char	   *str = text_to_cstring(PG_GETARG_TEXT_PP(0));
	PkintMgrs	ref;
	int			where = 0;
	const char *fault = pkint_mgrs_parse(str, &ref, &where);
	TimestampTz from;
	TimestampTz until;
	double		lon;
	double		lat;
	double		radius;

	if (fault)
		pkint_mgrs_error(str, fault, where);
	RangeArgument(fcinfo, 1, &from, &until);
	pkint_mgrs_disc(&ref, &lon, &lat, &radius);
	PG_RETURN_FOOTPRINT_P(pkint_footprint_make(lon, lat, radius, from, until,
											   pkint_mgrs_place_kind(&ref),
											   PKINT_TIME_EXACT));
}

/* The error for a precision code that no table knows. */
static void
UnknownCode(const char *what, FunctionCallInfo fcinfo, int scheme, int code)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 PG_ARGISNULL(code) || PG_ARGISNULL(scheme) ?
			 errmsg("%s precision code is missing", what) :
			 errmsg("unknown %s precision code \"%s\" of scheme \"%s\"", what,
					text_to_cstring(PG_GETARG_TEXT_PP(code)),
					text_to_cstring(PG_GETARG_TEXT_PP(scheme))),
			 errhint("The codes that are known stand in pkint.%s_precision, to which codes can be added.",
					 what)));
}

/*
 * coded_footprint(scheme, place_code, time_code, longitude, latitude, radius_m,
 * place_kind, time_kind, during): the last step of footprint_from_codes(),
 * which has looked the codes up.  Null where there is no place or no date.
 */
Datum
pkint_coded_footprint(PG_FUNCTION_ARGS)
{
	TimestampTz from;
	TimestampTz until;

	if (PG_ARGISNULL(5) || PG_ARGISNULL(6))
		UnknownCode("place", fcinfo, 0, 1);
	if (PG_ARGISNULL(7))
		UnknownCode("time", fcinfo, 0, 2);
	if (PG_ARGISNULL(3) || PG_ARGISNULL(4) || PG_ARGISNULL(8))
		PG_RETURN_NULL();
	RangeArgument(fcinfo, 8, &from, &until);
	PG_RETURN_FOOTPRINT_P(pkint_footprint_make(PG_GETARG_FLOAT8(3),
											   PG_GETARG_FLOAT8(4),
											   PG_GETARG_FLOAT8(5),
											   from, until,
											   PlaceKindArgument(PG_GETARG_TEXT_PP(6)),
											   TimeKindArgument(PG_GETARG_TEXT_PP(7))));
}

Datum
pkint_longitude(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(PG_GETARG_FOOTPRINT_P(0)->lon);
}

Datum
pkint_latitude(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(PG_GETARG_FOOTPRINT_P(0)->lat);
}

Datum
pkint_radius_m(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(PG_GETARG_FOOTPRINT_P(0)->radius);
}

Datum
pkint_during(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);

	PG_RETURN_RANGE_P(pkint_times_range(f->from, f->until));
}

Datum
pkint_place_kind_of(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);

	PG_RETURN_TEXT_P(cstring_to_text(pkint_place_kind_name(f->place_kind)));
}

Datum
pkint_time_kind_of(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);

	PG_RETURN_TEXT_P(cstring_to_text(pkint_time_kind_name(f->time_kind)));
}
