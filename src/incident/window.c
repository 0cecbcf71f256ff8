/*
 * window.c
 *	  Windows on a map, as footprints.
 *
 * Whatever lies in the window lies in the disc; the disc may hold more.  What is
 * no window at all (no bounds, or wider than half the earth) is the whole earth:
 * these functions stand behind conditions that people wrote, which say themselves
 * what is wrong with their operands.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "src/incident/footprint.h"
#include "src/incident/geodesy.h"

PG_FUNCTION_INFO_V1(pkint_window_around_bounds);
PG_FUNCTION_INFO_V1(pkint_just_before);
PG_FUNCTION_INFO_V1(pkint_span);

/* PostGIS rounds the bounds that it compares to floats: at most so many degrees */
#define BOUNDS_SLACK 5e-5

/* Bound of a window in degrees, within what there is on earth. */
static double
Bound(double degrees, double least, double most)
{
	return Max(least, Min(degrees, most));
}

/*
 * The radius of a disc around the middle of a window that holds all of it.  At
 * one latitude the distance from the middle grows with the longitude, and along
 * an edge no more than a quarter of the earth away it is greatest at an end; that
 * is so on a sphere, from which the ellipsoid differs by less than a hundredth.
 */
static double
RadiusAround(double lon, double lat, double west, double south, double north)
{
	double		farthest = Max(pkint_geodesic(lon, lat, west, south),
							   pkint_geodesic(lon, lat, west, north));

	return Min(farthest * 1.01 + 1.0, PKINT_RADIUS_MAX);
}

/* window_around_bounds(west, south, east, north): degrees, any of them null */
Datum
pkint_window_around_bounds(PG_FUNCTION_ARGS)
{
	PkintFootprint *result = palloc(sizeof(PkintFootprint));
	double		bound[4];
	bool		whole = false;

	for (int i = 0; i < 4; i++)
	{
		whole = whole || PG_ARGISNULL(i) || isnan(PG_GETARG_FLOAT8(i));
		bound[i] = whole ? 0.0 :
			Bound(PG_GETARG_FLOAT8(i) + (i < 2 ? -BOUNDS_SLACK : BOUNDS_SLACK),
				  i % 2 ? -90.0 : -180.0, i % 2 ? 90.0 : 180.0);
	}
	whole = whole || bound[2] - bound[0] >= 180.0;
	if (whole)
		pkint_footprint_set(result, 0.0, 0.0, PKINT_RADIUS_MAX, DT_NOBEGIN,
							DT_NOEND, PKINT_PLACE_AREA, PKINT_TIME_EXACT);
	else
	{
		double		lon = (bound[0] + bound[2]) / 2;
		double		lat = (bound[1] + bound[3]) / 2;

		pkint_footprint_set(result, lon, lat,
							RadiusAround(lon, lat, bound[0], bound[1], bound[3]),
							DT_NOBEGIN, DT_NOEND, PKINT_PLACE_AREA, PKINT_TIME_EXACT);
	}
	PG_RETURN_FOOTPRINT_P(result);
}

/* just_before(timestamptz): a microsecond earlier, where there is such a time */
Datum
pkint_just_before(PG_FUNCTION_ARGS)
{
	TimestampTz t = PG_GETARG_TIMESTAMPTZ(0);

	PG_RETURN_TIMESTAMPTZ(TIMESTAMP_NOT_FINITE(t) || t <= MIN_TIMESTAMP ? t : t - 1);
}

/* span(a, b): the time between them, whichever is the earlier; open where null */
Datum
pkint_span(PG_FUNCTION_ARGS)
{
	RangeBound	bound[2];
	bool		turned = !PG_ARGISNULL(0) && !PG_ARGISNULL(1) &&
		PG_GETARG_TIMESTAMPTZ(0) > PG_GETARG_TIMESTAMPTZ(1);

	for (int i = 0; i < 2; i++)
	{
		int			from = turned ? 1 - i : i;

		bound[i].infinite = PG_ARGISNULL(from);
		bound[i].val = PG_ARGISNULL(from) ? (Datum) 0 : PG_GETARG_DATUM(from);
		bound[i].inclusive = !bound[i].infinite;
		bound[i].lower = i == 0;
	}
	PG_RETURN_RANGE_P(pkint_make_range(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
									   &bound[0], &bound[1], false));
}
