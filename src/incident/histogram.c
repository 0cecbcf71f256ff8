/*
 * histogram.c
 *	  How many pairs of footprints meet, reckoned from buckets.
 *
 * Within a bucket, centres are taken to be spread evenly over longitude,
 * latitude and time, independently of each other.
 */
#include "src/incident/selfuncs.h"

#include <math.h>

#define DEGREE (M_PI / 180.0)
#define METRES_PER_DEGREE 111000.0

/* what stands for a time that is open at one end: some 300 years */
#define OPEN_SECONDS 1e10

/* The bucket that one footprint is. */
void
pkint_bucket_of(const PkintFootprint *f, PkintBucket *b)
{
	double		from = (double) f->from / USECS_PER_SEC;
	double		until = (double) f->until / USECS_PER_SEC;

	if (TIMESTAMP_IS_NOBEGIN(f->from) && TIMESTAMP_IS_NOEND(f->until))
	{
		from = -2 * OPEN_SECONDS;
		until = 2 * OPEN_SECONDS;
	}
	else if (TIMESTAMP_IS_NOBEGIN(f->from))
		from = until - OPEN_SECONDS;
	else if (TIMESTAMP_IS_NOEND(f->until))
		until = from + OPEN_SECONDS;
	b->lon[0] = b->lon[1] = f->lon;
	b->lat[0] = b->lat[1] = f->lat;
	b->time[0] = b->time[1] = (from + until) / 2;
	b->radius = f->radius;
	b->length = until - from;
	b->part = 1.0;
}

/* t squared over two, of what is above zero. */
static inline double
Ramp(double t)
{
	return t > 0.0 ? t * t / 2 : 0.0;
}

/*
 * The probability that x - y <= z for x spread evenly over a and y over b,
 * neither of which is a point.
 */
static double
AtMost(const double a[2], const double b[2], double z)
{
	double		sum = Ramp(z - (a[0] - b[1])) - Ramp(z - (a[1] - b[1])) -
		Ramp(z - (a[0] - b[0])) + Ramp(z - (a[1] - b[0]));

	return sum / ((a[1] - a[0]) * (b[1] - b[0]));
}

/* The part of an interval that is no further from a point than reach. */
static double
PartNear(const double a[2], double point, double reach)
{
	double		width = a[1] - a[0];

	if (width <= 0.0)
		return fabs(a[0] - point) <= reach ? 1.0 : 0.0;
	return Max(0.0, Min(a[1], point + reach) - Max(a[0], point - reach)) / width;
}

/* The probability that two values of two intervals are no further than reach. */
static double
Near(const double a[2], const double b[2], double reach)
{
	double		wa = a[1] - a[0];
	double		wb = b[1] - b[0];
	double		p;

	if (reach < 0.0 || a[0] - b[1] > reach || b[0] - a[1] > reach)
		return 0.0;
	if (a[1] - b[0] <= reach && b[1] - a[0] <= reach)
		return 1.0;
	/* an interval that is much shorter than the other is as good as a point */
	if (wb <= wa * 1e-3)
		return PartNear(a, (b[0] + b[1]) / 2, reach);
	if (wa <= wb * 1e-3)
		return PartNear(b, (a[0] + a[1]) / 2, reach);
	p = AtMost(a, b, reach) - AtMost(a, b, -reach);
	return Max(0.0, Min(p, 1.0));
}

/* The same for longitudes, which go round. */
static double
NearLongitude(const double a[2], const double b[2], double reach)
{
	double		offset = (a[0] + a[1]) / 2 - (b[0] + b[1]) / 2;
	double		turned[2];
	double		turn = offset > 180.0 ? 360.0 : offset < -180.0 ? -360.0 : 0.0;

	if (reach >= 180.0)
		return 1.0;
	turned[0] = b[0] + turn;
	turned[1] = b[1] + turn;
	return Near(a, turned, reach);
}

/*
 * The part of the pairs of two buckets that meet, where radii are grown by some
 * metres and times by some seconds.
 */
double
pkint_buckets_part(const PkintBucket *a, const PkintBucket *b,
				   PkintMeeting meeting, double metres, double seconds)
{
	double		reach = a->radius + b->radius + metres;
	double		length = (a->length + b->length) / 2 + seconds;
	double		lat;
	double		shrink;
	double		p;
	double		lon_part;
	double		lat_part;

	if (meeting != PKINT_MEET)
	{
		double		sign = meeting == PKINT_HOLD ? 1.0 : -1.0;

		reach = sign * (a->radius - b->radius);
		length = sign * (a->length - b->length) / 2;
	}
	p = Near(a->time, b->time, length);
	if (p <= 0.0)
		return 0.0;
	lat_part = Near(a->lat, b->lat, reach / METRES_PER_DEGREE);
	if (lat_part <= 0.0)
		return 0.0;
	lat = fabs(a->lat[0] + a->lat[1] + b->lat[0] + b->lat[1]) / 4;
	shrink = Max(cos(lat * DEGREE), 0.01);
	lon_part = NearLongitude(a->lon, b->lon,
							 reach / (METRES_PER_DEGREE * shrink));
	/* a disc is this much smaller than the square around it */
	if (lat_part < 1.0 && lon_part < 1.0)
		p *= M_PI / 4;
	return p * lat_part * lon_part;
}
