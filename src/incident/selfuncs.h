/*
 * selfuncs.h
 *	  What the planner is told about footprints.
 */
#ifndef PKINT_SELFUNCS_H
#define PKINT_SELFUNCS_H

#include "postgres.h"

#include "src/incident/footprint.h"

/* Slot kind of our statistics; 10000 to 30000 are for private use. */
#define PKINT_STATISTIC_KIND 10471

/*
 * A bucket of the histogram: where the centres of some footprints lie, how
 * large these are on the average, and how many of the rows they are.  Stored as
 * an array of float8.
 */
typedef struct PkintBucket
{
	double		lon[2];			/* least and greatest, degrees */
	double		lat[2];
	double		time[2];		/* of the middle, seconds since 2000 */
	double		radius;			/* mean, metres */
	double		length;			/* mean, seconds; may be very long */
	double		part;			/* of the rows that are not null */
} PkintBucket;

#define PKINT_BUCKET_FIELDS 9

/* What two footprints must be to each other. */
typedef enum PkintMeeting
{
	PKINT_MEET,					/* touch */
	PKINT_HOLD,					/* the first holds the second */
	PKINT_HELD					/* the second holds the first */
} PkintMeeting;

extern void pkint_bucket_of(const PkintFootprint *f, PkintBucket *b);
extern double pkint_buckets_part(const PkintBucket *a, const PkintBucket *b,
								 PkintMeeting meeting, double metres,
								 double seconds);

#endif							/* PKINT_SELFUNCS_H */
