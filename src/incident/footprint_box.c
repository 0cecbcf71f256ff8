/*
 * footprint_box.c
 *	  The box around a footprint in earth-centred space and in time.
 */
#include "src/incident/footprint_box.h"

#include <math.h>

#include "common/int.h"

#include "src/incident/geodesy.h"

/* what rounding may do to an earth-centred coordinate, with a wide margin */
#define COORDINATE_GUARD 1e-6

/* The greatest float that is not above a number. */
static inline float
FloatBelow(double x)
{
	float		f = (float) x;

	return (double) f > x ? nextafterf(f, -INFINITY) : f;
}

/* The least float that is not below a number. */
static inline float
FloatAbove(double x)
{
	float		f = (float) x;

	return (double) f < x ? nextafterf(f, INFINITY) : f;
}

/* The minute that a time lies in; infinite and distant times at the ends. */
static inline int32
Minute(TimestampTz t)
{
	int64		minute;

	if (TIMESTAMP_IS_NOBEGIN(t))
		return PG_INT32_MIN;
	if (TIMESTAMP_IS_NOEND(t))
		return PG_INT32_MAX;
	minute = t / USECS_PER_MINUTE;
	if (t % USECS_PER_MINUTE < 0)
		minute--;
	return (int32) Max(Min(minute, PG_INT32_MAX), PG_INT32_MIN);
}

/*
 * The box around a footprint whose disc is widened by some metres and whose
 * time is widened by some microseconds at both ends.
 */
void
pkint_footprint_box_reach(const PkintFootprint *f, double metres,
						  int64 microseconds, PkintBox *box)
{
	double		xyz[3];
	double		r = f->radius + metres + COORDINATE_GUARD;
	TimestampTz from = f->from;
	TimestampTz until = f->until;

	pkint_earth_centred(f->lon, f->lat, xyz);
	for (int i = 0; i < 3; i++)
	{
		box->low[i] = FloatBelow(xyz[i] - r);
		box->high[i] = FloatAbove(xyz[i] + r);
	}
	if (microseconds != 0)
	{
		if (!TIMESTAMP_NOT_FINITE(from) &&
			pg_sub_s64_overflow(from, microseconds, &from))
			from = DT_NOBEGIN;
		if (!TIMESTAMP_NOT_FINITE(until) &&
			pg_add_s64_overflow(until, microseconds, &until))
			until = DT_NOEND;
	}
	box->from = Minute(from);
	box->until = Minute(until);
}

/* The box around a footprint. */
void
pkint_footprint_box(const PkintFootprint *f, PkintBox *box)
{
	pkint_footprint_box_reach(f, 0.0, 0, box);
}
