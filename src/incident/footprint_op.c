/*
 * footprint_op.c
 *	  Relations between footprints.
 *
 * The boolean ones and the distances are leakproof: they take footprints as
 * they are, raise nothing and tell nothing but their answer.
 */
#include "src/incident/footprint_rel.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "src/incident/footprint_box.h"
#include "src/incident/geodesy.h"

PG_FUNCTION_INFO_V1(pkint_footprint_overlaps);
PG_FUNCTION_INFO_V1(pkint_footprint_overlaps_range);
PG_FUNCTION_INFO_V1(pkint_may_be_same);
PG_FUNCTION_INFO_V1(pkint_footprint_contains);
PG_FUNCTION_INFO_V1(pkint_footprint_contained);
PG_FUNCTION_INFO_V1(pkint_within);
PG_FUNCTION_INFO_V1(pkint_widen_footprint);
PG_FUNCTION_INFO_V1(pkint_footprint_distance);
PG_FUNCTION_INFO_V1(pkint_footprint_distance_probe);
PG_FUNCTION_INFO_V1(pkint_time_gap_of);

/* a && b: the boxes around the discs overlap, and so do the times */
Datum
pkint_footprint_overlaps(PG_FUNCTION_ARGS)
{
	PkintFootprint *a = PG_GETARG_FOOTPRINT_P(0);
	PkintFootprint *b = PG_GETARG_FOOTPRINT_P(1);
	PkintBox	p;
	PkintBox	q;

	if (!pkint_times_overlap(a->from, a->until, b->from, b->until))
		PG_RETURN_BOOL(false);
	pkint_footprint_box(a, &p);
	pkint_footprint_box(b, &q);
	PG_RETURN_BOOL(pkint_boxes_overlap(&p, &q));
}

/*
 * footprint && tstzrange: the times overlap, wherever it was.  The answer is
 * that of during(footprint) && range.
 */
Datum
pkint_footprint_overlaps_range(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
					  PG_GETARG_RANGE_P(1), &lower, &upper, &empty);
	if (empty)
		PG_RETURN_BOOL(false);
	if (!lower.infinite && !TIMESTAMP_IS_NOEND(f->until))
	{
		TimestampTz t = DatumGetTimestampTz(lower.val);

		/* the end belongs to an instant only */
		if (t > f->until || (t == f->until && !(lower.inclusive && f->from == f->until)))
			PG_RETURN_BOOL(false);
	}
	if (!upper.infinite && !TIMESTAMP_IS_NOBEGIN(f->from))
	{
		TimestampTz t = DatumGetTimestampTz(upper.val);

		if (t < f->from || (t == f->from && !upper.inclusive))
			PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(true);
}

/* a &= b: the discs touch on the ellipsoid, and the times overlap */
Datum
pkint_may_be_same(PG_FUNCTION_ARGS)
{
	PkintFootprint *a = PG_GETARG_FOOTPRINT_P(0);
	PkintFootprint *b = PG_GETARG_FOOTPRINT_P(1);

	PG_RETURN_BOOL(pkint_times_overlap(a->from, a->until, b->from, b->until) &&
				   pkint_within_reach(a, b, a->radius + b->radius));
}

/* Does the time of one footprint hold that of another?  Instants are points. */
static bool
TimeHolds(const PkintFootprint *a, const PkintFootprint *b)
{
	if (b->from < a->from)
		return false;
	if (b->from == b->until)
		return b->from < a->until || (a->from == a->until && a->from == b->from);
	return b->until <= a->until;
}

/* Does one footprint surely hold another, wherever in its disc that was? */
static bool
FootprintHolds(const PkintFootprint *a, const PkintFootprint *b)
{
	return a->radius >= b->radius && TimeHolds(a, b) &&
		pkint_within_reach(a, b, a->radius - b->radius);
}

/* a @> b: whatever b stands for lies within a, in space and in time */
Datum
pkint_footprint_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(FootprintHolds(PG_GETARG_FOOTPRINT_P(0),
								  PG_GETARG_FOOTPRINT_P(1)));
}

/* a <@ b */
Datum
pkint_footprint_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(FootprintHolds(PG_GETARG_FOOTPRINT_P(1),
								  PG_GETARG_FOOTPRINT_P(0)));
}

/* Metres between the discs of two footprints; 0 where they touch. */
double
pkint_gap_m(const PkintFootprint *a, const PkintFootprint *b)
{
	double		d = pkint_geodesic(a->lon, a->lat, b->lon, b->lat);

	return Max(0.0, d - a->radius - b->radius);
}

/* Microseconds between two times, as a difference that cannot overflow. */
static double
Since(TimestampTz earlier, TimestampTz later)
{
	return (double) later - (double) earlier;
}

/* Microseconds between the times of two footprints; 0 where they overlap. */
double
pkint_time_gap(const PkintFootprint *a, const PkintFootprint *b)
{
	if (!TIMESTAMP_IS_NOEND(a->until) && !TIMESTAMP_IS_NOBEGIN(b->from) &&
		b->from > a->until)
		return Since(a->until, b->from);
	if (!TIMESTAMP_IS_NOEND(b->until) && !TIMESTAMP_IS_NOBEGIN(a->from) &&
		a->from > b->until)
		return Since(b->until, a->from);
	return 0.0;
}

/* An interval in microseconds: a month is 30 days and a day 24 hours. */
double
pkint_interval_usecs(const Interval *interval)
{
	return (double) interval->time +
		((double) interval->day + 30.0 * (double) interval->month) *
		(double) USECS_PER_DAY;
}

/*
 * within(a, b, metres, interval): near in both.  A distance that is negative or
 * no number, and a negative interval, are never met.
 */
Datum
pkint_within(PG_FUNCTION_ARGS)
{
	PkintFootprint *a = PG_GETARG_FOOTPRINT_P(0);
	PkintFootprint *b = PG_GETARG_FOOTPRINT_P(1);
	double		metres = PG_GETARG_FLOAT8(2);
	double		usecs = pkint_interval_usecs(PG_GETARG_INTERVAL_P(3));

	if (!(metres >= 0.0) || usecs < 0.0)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(pkint_time_gap(a, b) <= usecs &&
				   pkint_within_reach(a, b, a->radius + b->radius + metres));
}

/* A time moved by microseconds, infinite beyond the calendar. */
static TimestampTz
MoveTime(TimestampTz t, double usecs)
{
	double		moved;

	if (TIMESTAMP_NOT_FINITE(t))
		return t;
	moved = (double) t + usecs;
	if (moved < (double) MIN_TIMESTAMP)
		return DT_NOBEGIN;
	if (moved >= (double) END_TIMESTAMP)
		return DT_NOEND;
	return t + (int64) usecs;
}

/*
 * A footprint with its radius grown by metres, and its time at both ends by
 * microseconds and a little: whatever is within() of the one is &= the other.
 */
void
pkint_widen(const PkintFootprint *f, double metres, double usecs,
			PkintFootprint *result)
{
	double		radius = f->radius + (metres > 0.0 ? metres + PKINT_CHORD_GUARD : 0.0);

	if (!(usecs > 0.0))
		usecs = 0.0;
	usecs = Min(usecs, (double) END_TIMESTAMP) + 1.0;
	*result = *f;
	result->radius = Min(radius, PKINT_RADIUS_MAX);
	result->from = MoveTime(f->from, -usecs);
	result->until = MoveTime(f->until, usecs);
}

/* widen(footprint, metres, interval) */
Datum
pkint_widen_footprint(PG_FUNCTION_ARGS)
{
	PkintFootprint *result = palloc(sizeof(PkintFootprint));

	pkint_widen(PG_GETARG_FOOTPRINT_P(0), PG_GETARG_FLOAT8(1),
				pkint_interval_usecs(PG_GETARG_INTERVAL_P(2)), result);
	PG_RETURN_FOOTPRINT_P(result);
}

/* a <-> b: metres between the discs */
Datum
pkint_footprint_distance(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(pkint_gap_m(PG_GETARG_FOOTPRINT_P(0),
								 PG_GETARG_FOOTPRINT_P(1)));
}

/* a <-> probe: metres between the discs, and the time between at the speed */
Datum
pkint_footprint_distance_probe(PG_FUNCTION_ARGS)
{
	PkintFootprint *a = PG_GETARG_FOOTPRINT_P(0);
	PkintProbe *probe = PG_GETARG_PROBE_P(1);

	PG_RETURN_FLOAT8(pkint_gap_m(a, &probe->footprint) +
					 pkint_time_gap(a, &probe->footprint) *
					 (probe->speed / PKINT_KMH_IN_M_PER_USEC));
}

/* time_gap(a, b): the interval between two footprints */
Datum
pkint_time_gap_of(PG_FUNCTION_ARGS)
{
	double		usecs = pkint_time_gap(PG_GETARG_FOOTPRINT_P(0),
									   PG_GETARG_FOOTPRINT_P(1));
	Interval   *result = palloc0(sizeof(Interval));

	result->day = (int32) (usecs / USECS_PER_DAY);
	result->time = (int64) (usecs - (double) result->day * USECS_PER_DAY);
	PG_RETURN_INTERVAL_P(result);
}
