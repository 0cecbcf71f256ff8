/*
 * gist_split.c
 *	  GiST operator class of footprints: how the tree grows.
 *
 * Both the choice of the page for a new key and the split of a full page go by
 * one measure: how often a typical query would visit a page.  That is the ground
 * and the time in its box, every side padded by the size of a typical query, time
 * weighted as so many metres a minute.  Unpadded, it would be zero for places on
 * one line and say nothing there.
 */
#include "src/incident/gist.h"

#include <math.h>

#include "access/gist.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(pkint_footprint_penalty);
PG_FUNCTION_INFO_V1(pkint_footprint_picksplit);

/* size of a typical query in metres; 2 to 50 km make no difference */
#define TYPICAL_QUERY 12000.0

/* an hour counts as 240 m */
#define METRES_PER_MINUTE 4.0

/* a view along the ground shows nothing of it: slopes count as at least this */
#define LEAST_SLOPE 0.1

/* neither half of a split gets less than this part */
#define LEAST_PART 0.3

/*
 * How often a typical query visits a page with this box: the part of the earth's
 * surface that lies in the box, times its duration.  The surface in a box is no more
 * than what is seen of the box from any one axis, over the slope of the ground
 * against that view; a volume would count the ground's own slope as width.
 */
static double
VisitMeasure(const PkintBox *b)
{
	double		side[3];
	double		middle[3];
	double		length = 1.0;
	double		area = INFINITY;

	for (int i = 0; i < 3; i++)
	{
		side[i] = TYPICAL_QUERY + ((double) b->high[i] - b->low[i]);
		middle[i] = fabs(((double) b->high[i] + b->low[i]) / 2);
		length += middle[i];
	}
	for (int i = 0; i < 3; i++)
		area = Min(area, side[(i + 1) % 3] * side[(i + 2) % 3] /
				   (middle[i] / length + LEAST_SLOPE));
	/* keeps sums and differences within the range of a float */
	return area * 1e-12 *
		(TYPICAL_QUERY + ((double) b->until - b->from) * METRES_PER_MINUTE);
}

Datum
pkint_footprint_penalty(PG_FUNCTION_ARGS)
{
	GISTENTRY  *old = (GISTENTRY *) PG_GETARG_POINTER(0);
	GISTENTRY  *new = (GISTENTRY *) PG_GETARG_POINTER(1);
	float	   *result = (float *) PG_GETARG_POINTER(2);
	PkintBox	grown = *(PkintBox *) DatumGetPointer(old->key);
	double		before = VisitMeasure(&grown);

	pkint_box_extend(&grown, (PkintBox *) DatumGetPointer(new->key));
	*result = (float) (VisitMeasure(&grown) - before);
	PG_RETURN_POINTER(result);
}

/* An entry of a page that is to be split. */
typedef struct SplitEntry
{
	const PkintBox *box;
	OffsetNumber offset;
	double		sort;
} SplitEntry;

/* The best split found so far: the entries in order, and where to cut them. */
typedef struct Split
{
	double		cost;
	int			order;
	int			cut;
} Split;

static int
CompareEntries(const void *a, const void *b)
{
	double		x = ((const SplitEntry *) a)->sort;
	double		y = ((const SplitEntry *) b)->sort;

	if (x != y)
		return x < y ? -1 : 1;
	return (int) ((const SplitEntry *) a)->offset -
		(int) ((const SplitEntry *) b)->offset;
}

/* Sort by one of eight orders: lower or upper bound of four dimensions. */
static void
SortEntries(SplitEntry *entries, int n, int order)
{
	int			dimension = order / 2;

	for (int i = 0; i < n; i++)
	{
		const PkintBox *b = entries[i].box;

		if (dimension == 3)
			entries[i].sort = order % 2 ? b->until : b->from;
		else
			entries[i].sort = order % 2 ? b->high[dimension] : b->low[dimension];
	}
	qsort(entries, n, sizeof(SplitEntry), CompareEntries);
}

/*
 * Try every cut of the entries as they are sorted now.  "after" is room for n
 * boxes: the bounds of an entry and all that follow it.
 */
static void
TryCuts(const SplitEntry *entries, int n, int order, PkintBox *after, Split *best)
{
	int			least = Max(1, (int) (n * LEAST_PART));
	PkintBox	before;

	after[n - 1] = *entries[n - 1].box;
	for (int i = n - 2; i >= 0; i--)
	{
		after[i] = after[i + 1];
		pkint_box_extend(&after[i], entries[i].box);
	}
	before = *entries[0].box;
	for (int cut = 1; cut <= n - least; cut++)
	{
		double		cost;

		if (cut >= least)
		{
			cost = VisitMeasure(&before) * cut + VisitMeasure(&after[cut]) * (n - cut);
			if (best->order < 0 || cost < best->cost)
			{
				best->cost = cost;
				best->order = order;
				best->cut = cut;
			}
		}
		pkint_box_extend(&before, entries[cut].box);
	}
}

/* Put a run of entries on one side of the split. */
static Datum
TakeSide(const SplitEntry *entries, int n, OffsetNumber *offsets)
{
	PkintBox   *box = palloc(sizeof(PkintBox));

	*box = *entries[0].box;
	for (int i = 0; i < n; i++)
	{
		pkint_box_extend(box, entries[i].box);
		offsets[i] = entries[i].offset;
	}
	return PointerGetDatum(box);
}

Datum
pkint_footprint_picksplit(PG_FUNCTION_ARGS)
{
	GistEntryVector *vector = (GistEntryVector *) PG_GETARG_POINTER(0);
	GIST_SPLITVEC *result = (GIST_SPLITVEC *) PG_GETARG_POINTER(1);
	int			n = vector->n - FirstOffsetNumber;
	SplitEntry *entries = palloc(n * sizeof(SplitEntry));
	PkintBox   *after = palloc(n * sizeof(PkintBox));
	Split		best = {.order = -1};

	for (int i = 0; i < n; i++)
	{
		entries[i].offset = (OffsetNumber) (i + FirstOffsetNumber);
		entries[i].box = (PkintBox *)
			DatumGetPointer(vector->vector[entries[i].offset].key);
	}
	for (int order = 0; order < 8; order++)
	{
		SortEntries(entries, n, order);
		TryCuts(entries, n, order, after, &best);
	}
	SortEntries(entries, n, best.order);
	result->spl_left = palloc(n * sizeof(OffsetNumber));
	result->spl_right = palloc(n * sizeof(OffsetNumber));
	result->spl_nleft = best.cut;
	result->spl_nright = n - best.cut;
	result->spl_ldatum = TakeSide(entries, best.cut, result->spl_left);
	result->spl_rdatum = TakeSide(entries + best.cut, n - best.cut,
								  result->spl_right);
	PG_RETURN_POINTER(result);
}
