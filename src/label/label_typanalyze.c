/*
 * label_typanalyze.c
 *	  What ANALYZE keeps of a column of labels.
 *
 * The standard statistics keep the commonest values and drop those that are
 * not clearly commoner than the mean.  A reader may see just the rare ones; so
 * as long as the sample holds at most MAX_LABELS distinct labels, all of them
 * are kept with their frequencies.  Beyond that the standard choice stands,
 * and the histogram speaks for the rest.
 */
#include "src/label/label.h"

#include "catalog/pg_statistic.h"
#include "commands/vacuum.h"
#include "parser/parse_oper.h"
#include "utils/datum.h"

PG_FUNCTION_INFO_V1(pkint_label_typanalyze);

#define MAX_LABELS 4000

/* sample at least so many rows: a label of one row in a thousand shows 60 times */
#define MIN_ROWS 60000

/* What the standard function left to be called. */
typedef struct AnalyzeState
{
	AnalyzeAttrComputeStatsFunc std_compute;
	void	   *std_data;
} AnalyzeState;

/* A distinct label of the sample. */
typedef struct Seen
{
	PkintLabel *label;
	int			count;
} Seen;

static int
CompareByLabel(const void *a, const void *b)
{
	const PkintLabel *la = ((const Seen *) a)->label;
	const PkintLabel *lb = ((const Seen *) b)->label;

	return pkint_body_compare(PKINT_BODY(la), PKINT_BODY_LEN(la),
							  PKINT_BODY(lb), PKINT_BODY_LEN(lb), PKINT_LABEL);
}

/* Commonest first, as the planner expects it. */
static int
CompareByCount(const void *a, const void *b)
{
	const Seen *sa = a;
	const Seen *sb = b;

	if (sa->count != sb->count)
		return sa->count > sb->count ? -1 : 1;
	return CompareByLabel(a, b);
}

/* The distinct labels of the sample with their counts; returns how many. */
static int
CountLabels(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int nrows,
			Seen *seen)
{
	int			n = 0;
	int			distinct = 0;

	for (int i = 0; i < nrows; i++)
	{
		bool		isnull;
		Datum		value = fetchfunc(stats, i, &isnull);

		pkint_vacuum_delay_point();
		if (isnull)
			continue;
		seen[n].label = DatumGetPkintLabel(value);
		seen[n].count = 1;
		n++;
	}
	if (n > 1)
		qsort(seen, n, sizeof(Seen), CompareByLabel);
	for (int i = 0; i < n; i++)
	{
		if (distinct > 0 && pkint_label_same(seen[distinct - 1].label, seen[i].label))
			seen[distinct - 1].count++;
		else
			seen[distinct++] = seen[i];
	}
	return distinct;
}

/* The slot of the statistics for the commonest values, or a free one. */
static int
FindSlot(VacAttrStats *stats)
{
	for (int k = 0; k < STATISTIC_NUM_SLOTS; k++)
		if (stats->stakind[k] == STATISTIC_KIND_MCV)
			return k;
	for (int k = 0; k < STATISTIC_NUM_SLOTS; k++)
		if (stats->stakind[k] == 0)
			return k;
	return -1;
}

/* Put all labels that were seen into the statistics, and drop the histogram. */
static void
StoreLabels(VacAttrStats *stats, Seen *seen, int distinct, int nrows)
{
	int			slot = FindSlot(stats);
	MemoryContext old;
	Oid			equality;
	Datum	   *values;
	float4	   *numbers;

	if (slot < 0 || nrows == 0 || distinct == 0)
		return;
	qsort(seen, distinct, sizeof(Seen), CompareByCount);
	get_sort_group_operators(stats->attrtypid, false, true, false,
							 NULL, &equality, NULL, NULL);
	if (!OidIsValid(equality))
		return;

	old = MemoryContextSwitchTo(stats->anl_context);
	values = palloc(sizeof(Datum) * distinct);
	numbers = palloc(sizeof(float4) * distinct);
	for (int i = 0; i < distinct; i++)
	{
		values[i] = datumCopy(PointerGetDatum(seen[i].label), false, -1);
		numbers[i] = (float4) seen[i].count / (float4) nrows;
	}
	MemoryContextSwitchTo(old);

	stats->stakind[slot] = STATISTIC_KIND_MCV;
	stats->staop[slot] = equality;
	stats->stacoll[slot] = InvalidOid;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = distinct;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = distinct;
	for (int k = 0; k < STATISTIC_NUM_SLOTS; k++)
		if (stats->stakind[k] == STATISTIC_KIND_HISTOGRAM)
			stats->stakind[k] = 0;
}

/* The standard statistics, and then our own list of labels. */
static void
ComputeStats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc,
			 int samplerows, double totalrows)
{
	AnalyzeState *state = stats->extra_data;
	Seen	   *seen;
	int			distinct;

	stats->extra_data = state->std_data;
	state->std_compute(stats, fetchfunc, samplerows, totalrows);
	if (stats->stats_valid && samplerows > 0)
	{
		seen = palloc(sizeof(Seen) * samplerows);
		distinct = CountLabels(stats, fetchfunc, samplerows, seen);
		if (distinct <= MAX_LABELS)
			StoreLabels(stats, seen, distinct, samplerows);
		pfree(seen);
	}
	stats->extra_data = state;
}

/* ANALYZE of pkint.label */
Datum
pkint_label_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	AnalyzeState *state;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	state = palloc(sizeof(AnalyzeState));
	state->std_compute = stats->compute_stats;
	state->std_data = stats->extra_data;
	stats->compute_stats = ComputeStats;
	stats->extra_data = state;
	stats->minrows = Max(stats->minrows, MIN_ROWS);
	PG_RETURN_BOOL(true);
}
