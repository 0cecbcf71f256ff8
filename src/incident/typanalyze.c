/*
 * typanalyze.c
 *	  What ANALYZE learns of a column of footprints.
 *
 * Beside the usual statistics it leaves a histogram of buckets: the sample is
 * cut again and again, each time the bucket that is widest for the number of
 * its rows, at the median of its widest side.  Radius and length of time are
 * sides too, so that wide and narrow footprints come apart.
 */
#include "src/incident/selfuncs.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pkint_footprint_typanalyze);

#define SIDES 5
#define MOST_BUCKETS 512
#define LEAST_ROWS 4			/* no bucket of fewer rows is cut */

/* What std_typanalyze() has set up, which we call first. */
typedef struct UsualStatistics
{
	AnalyzeAttrComputeStatsFunc compute;
	void	   *extra;
} UsualStatistics;

/* A row of the sample: sides in metres, by which buckets are cut. */
typedef struct SampleRow
{
	double		side[SIDES];
	PkintBucket bucket;
} SampleRow;

/* A run of rows that makes a bucket, and its widest side. */
typedef struct Cut
{
	int			first;
	int			n;
	int			widest;
	double		width;
} Cut;

/* The sides of a row: time weighted as in the index, 4 m a minute. */
static void
SetSides(SampleRow *row)
{
	PkintBucket *b = &row->bucket;

	row->side[0] = b->lon[0] * 111000.0 * cos(b->lat[0] * M_PI / 180.0);
	row->side[1] = b->lat[0] * 111000.0;
	row->side[2] = b->time[0] * (4.0 / 60.0);
	row->side[3] = b->radius;
	row->side[4] = b->length * (2.0 / 60.0);
}

/* Find the widest side of a run. */
static void
MeasureCut(const SampleRow *rows, Cut *cut)
{
	cut->width = 0.0;
	cut->widest = 0;
	for (int s = 0; s < SIDES; s++)
	{
		double		low = rows[cut->first].side[s];
		double		high = low;

		for (int i = 1; i < cut->n; i++)
		{
			low = Min(low, rows[cut->first + i].side[s]);
			high = Max(high, rows[cut->first + i].side[s]);
		}
		if (high - low > cut->width)
		{
			cut->width = high - low;
			cut->widest = s;
		}
	}
}

static int
CompareSide(const void *a, const void *b, void *arg)
{
	double		x = ((const SampleRow *) a)->side[*(int *) arg];
	double		y = ((const SampleRow *) b)->side[*(int *) arg];

	return x < y ? -1 : x > y ? 1 : 0;
}

/* The place nearest to the middle at which neighbours differ. */
static int
MedianOf(const SampleRow *rows, const Cut *cut)
{
	const SampleRow *r = rows + cut->first;
	int			middle = cut->n / 2;

	for (int away = 0; away < cut->n; away++)
		for (int sign = -1; sign <= 1; sign += 2)
		{
			int			at = middle + sign * away;

			if (at > 0 && at < cut->n &&
				r[at - 1].side[cut->widest] < r[at].side[cut->widest])
				return at;
		}
	return 0;
}

/* Cut the sample into buckets; returns how many. */
static int
CutSample(SampleRow *rows, int n, Cut *cuts, int most)
{
	int			count = 1;

	cuts[0].first = 0;
	cuts[0].n = n;
	MeasureCut(rows, &cuts[0]);
	while (count < most)
	{
		int			best = -1;
		int			at;

		pkint_vacuum_delay_point();
		for (int i = 0; i < count; i++)
			if (cuts[i].n >= LEAST_ROWS && cuts[i].width > 0.0 &&
				(best < 0 || cuts[i].width * cuts[i].n >
				 cuts[best].width * cuts[best].n))
				best = i;
		if (best < 0)
			break;
		qsort_arg(rows + cuts[best].first, cuts[best].n, sizeof(SampleRow),
				  CompareSide, &cuts[best].widest);
		at = MedianOf(rows, &cuts[best]);
		cuts[count].first = cuts[best].first + at;
		cuts[count].n = cuts[best].n - at;
		cuts[best].n = at;
		MeasureCut(rows, &cuts[best]);
		MeasureCut(rows, &cuts[count]);
		count++;
	}
	return count;
}

/* The bucket of a run of rows. */
static PkintBucket
BucketOfCut(const SampleRow *rows, const Cut *cut, int total)
{
	PkintBucket b = rows[cut->first].bucket;

	b.radius = b.length = 0.0;
	for (int i = 0; i < cut->n; i++)
	{
		const PkintBucket *r = &rows[cut->first + i].bucket;

		b.lon[0] = Min(b.lon[0], r->lon[0]);
		b.lon[1] = Max(b.lon[1], r->lon[0]);
		b.lat[0] = Min(b.lat[0], r->lat[0]);
		b.lat[1] = Max(b.lat[1], r->lat[0]);
		b.time[0] = Min(b.time[0], r->time[0]);
		b.time[1] = Max(b.time[1], r->time[0]);
		b.radius += r->radius / cut->n;
		b.length += r->length / cut->n;
	}
	b.part = (double) cut->n / total;
	return b;
}

/* Store the buckets in a free slot, as an array of numbers. */
static void
StoreBuckets(VacAttrStats *stats, const SampleRow *rows, int n, const Cut *cuts,
			 int count)
{
	int			slot = 0;
	Datum	   *values;

	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	if (slot == STATISTIC_NUM_SLOTS)
		return;
	values = MemoryContextAlloc(stats->anl_context,
								count * PKINT_BUCKET_FIELDS * sizeof(Datum));
	for (int i = 0; i < count; i++)
	{
		PkintBucket b = BucketOfCut(rows, &cuts[i], n);
		double		field[PKINT_BUCKET_FIELDS];

		memcpy(field, &b, sizeof(b));
		for (int k = 0; k < PKINT_BUCKET_FIELDS; k++)
			values[i * PKINT_BUCKET_FIELDS + k] = Float8GetDatum(field[k]);
	}
	stats->stakind[slot] = PKINT_STATISTIC_KIND;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = count * PKINT_BUCKET_FIELDS;
	stats->statypid[slot] = FLOAT8OID;
	stats->statyplen[slot] = sizeof(float8);
	stats->statypbyval[slot] = FLOAT8PASSBYVAL;
	stats->statypalign[slot] = TYPALIGN_DOUBLE;
}

/* Called by ANALYZE with the sample. */
static void
ComputeStatistics(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch,
				  int samplerows, double totalrows)
{
	UsualStatistics *usual = stats->extra_data;
	SampleRow  *rows = palloc_extended(Max(samplerows, 1) * sizeof(SampleRow),
									   MCXT_ALLOC_HUGE);
	Cut			cuts[MOST_BUCKETS];
	int			n = 0;

	stats->extra_data = usual->extra;
	usual->compute(stats, fetch, samplerows, totalrows);
	stats->extra_data = usual;
	for (int i = 0; i < samplerows; i++)
	{
		bool		isnull;
		Datum		value = fetch(stats, i, &isnull);

		pkint_vacuum_delay_point();
		if (isnull)
			continue;
		pkint_bucket_of(DatumGetFootprintP(value), &rows[n].bucket);
		SetSides(&rows[n]);
		n++;
	}
	if (n > 0 && stats->stats_valid)
		StoreBuckets(stats, rows, n, cuts,
					 CutSample(rows, n, cuts, MOST_BUCKETS));
	pfree(rows);
}

Datum
pkint_footprint_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	UsualStatistics *usual;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	usual = palloc(sizeof(UsualStatistics));
	usual->compute = stats->compute_stats;
	usual->extra = stats->extra_data;
	stats->compute_stats = ComputeStatistics;
	stats->extra_data = usual;
	PG_RETURN_BOOL(true);
}
