/*
 * gist.c
 *	  GiST operator class of footprints: what a search asks of the keys.
 *
 * The key of a footprint is its PkintBox, with the error radius in it.  A leaf
 * key gives centre and radius back within a few metres, so that a search for
 * &= turns away at the leaf nearly all that the exact test would; what remains
 * is always rechecked on the heap, since the key is rounded.
 */
#include "src/core/compat.h"
#include "src/incident/gist.h"

#include <math.h>

#include "access/gist.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "src/incident/footprint_rel.h"
#include "src/incident/geodesy.h"

PG_FUNCTION_INFO_V1(pkint_footprint_box_in);
PG_FUNCTION_INFO_V1(pkint_footprint_box_out);
PG_FUNCTION_INFO_V1(pkint_footprint_consistent);
PG_FUNCTION_INFO_V1(pkint_footprint_union);
PG_FUNCTION_INFO_V1(pkint_footprint_compress);
PG_FUNCTION_INFO_V1(pkint_footprint_same);
PG_FUNCTION_INFO_V1(pkint_footprint_box_distance);

/* What a search needs of its operand, worked out once for each operand. */
typedef struct Search
{
	uint64		operand[sizeof(PkintProbe) / sizeof(uint64)];
	PkintFootprint footprint;
	PkintBox	box;
	double		xyz[3];
	double		speed;			/* metres for each microsecond */
} Search;

/* The storage type is for the index alone: there is no way to write it. */
Datum
pkint_footprint_box_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot accept a value of type %s", "pkint.footprint_box"),
			 errhint("This is the key of an index over footprints; use pkint.footprint.")));
	PG_RETURN_VOID();
}

/* Bounds in metres and minutes, for who looks into an index page. */
Datum
pkint_footprint_box_out(PG_FUNCTION_ARGS)
{
	PkintBox   *b = (PkintBox *) PG_GETARG_POINTER(0);

	PG_RETURN_CSTRING(psprintf("[(%.9g %.9g %.9g),(%.9g %.9g %.9g)],[%d,%d]",
							   b->low[0], b->low[1], b->low[2],
							   b->high[0], b->high[1], b->high[2],
							   b->from, b->until));
}

/* Are two operands the same?  Both are aligned and a few words long. */
static inline bool
SameOperand(const void *a, const void *b, size_t size)
{
	const uint64 *x = a;
	const uint64 *y = b;
	uint64		differ = 0;

	for (size_t i = 0; i < size / sizeof(uint64); i++)
		differ |= x[i] ^ y[i];
	return differ == 0;
}

/* The remembered query, worked out anew where the operand has changed. */
static inline Search *
RememberSearch(FunctionCallInfo fcinfo, const void *operand, size_t size)
{
	Search	   *q = fcinfo->flinfo->fn_extra;

	if (likely(q && SameOperand(q->operand, operand, size)))
		return q;
	if (!q)
		q = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Search));
	memcpy(q->operand, operand, size);
	memcpy(&q->footprint, operand, sizeof(PkintFootprint));
	pkint_footprint_box(&q->footprint, &q->box);
	pkint_earth_centred(q->footprint.lon, q->footprint.lat, q->xyz);
	q->speed = size == sizeof(PkintProbe) ?
		((const PkintProbe *) operand)->speed / PKINT_KMH_IN_M_PER_USEC : 0.0;
	return q;
}

/*
 * A range as a query: all places, during the range.  Empty matches nothing.
 * Whether its ends belong to it makes less than a minute.
 */
static Search *
RememberRange(FunctionCallInfo fcinfo, RangeType *range)
{
	PkintFootprint f;
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty)
		return NULL;
	memset(&f, 0, sizeof(f));
	f.radius = PKINT_RADIUS_MAX;
	f.from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
	f.until = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val);
	return RememberSearch(fcinfo, &f, sizeof(f));
}

/*
 * By how much centre and radius recovered from a key may be wrong: each bound
 * is rounded outward by at most one step of a float.
 */
static inline double
KeySlack(const PkintBox *key)
{
	double		largest = 0.0;

	for (int i = 0; i < 3; i++)
		largest = Max(largest, Max(fabs(key->low[i]), fabs(key->high[i])));
	return 0.01 + largest * 4e-7;
}

/* Distance between the query's centre and that of a leaf key, and its radius. */
static inline double
LeafChord(const Search *q, const PkintBox *key, double *radius)
{
	double		square = 0.0;
	double		r = 0.0;

	for (int i = 0; i < 3; i++)
	{
		double		d = q->xyz[i] - ((double) key->low[i] + key->high[i]) / 2;

		square += d * d;
		r = Max(r, ((double) key->high[i] - key->low[i]) / 2);
	}
	*radius = r;
	return sqrt(square);
}

/* May the disc of a leaf key touch the query's? */
static bool
LeafMayTouch(const Search *q, const PkintBox *key)
{
	double		radius;
	double		chord = LeafChord(q, key, &radius);

	return chord <= radius + q->footprint.radius + KeySlack(key);
}

/* Does one box hold the other, but for a slack? */
static bool
BoxHolds(const PkintBox *outer, const PkintBox *inner, double slack)
{
	for (int i = 0; i < 3; i++)
		if (inner->low[i] < outer->low[i] - slack ||
			inner->high[i] > outer->high[i] + slack)
			return false;
	return inner->from >= outer->from && inner->until <= outer->until;
}

/* May what is below this key, or at it, satisfy the operator? */
static bool
KeyMaySatisfy(const Search *q, const PkintBox *key, StrategyNumber strategy,
			  bool leaf)
{
	if (likely(!(pkint_box_times_overlap(&q->box, key) &
				 pkint_boxes_overlap(&q->box, key))))
		return false;
	switch (strategy)
	{
		case PKINT_OVERLAPS:
			return true;
		case PKINT_MAY_BE_SAME:
			return !leaf || LeafMayTouch(q, key);
		case PKINT_CONTAINS:
			return BoxHolds(key, &q->box, 2 * KeySlack(&q->box));
		case PKINT_CONTAINED:
			return !leaf || BoxHolds(&q->box, key, 2 * KeySlack(key));
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
			return false;
	}
}

Datum
pkint_footprint_consistent(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);
	Oid			subtype = PG_GETARG_OID(3);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	PkintBox   *key = (PkintBox *) DatumGetPointer(entry->key);
	Search	   *q;

	*recheck = true;
	if (subtype == TSTZRANGEOID)
	{
		q = RememberRange(fcinfo, PG_GETARG_RANGE_P(1));
		PG_RETURN_BOOL(q && pkint_box_times_overlap(&q->box, key));
	}
	q = RememberSearch(fcinfo, PG_GETARG_POINTER(1), sizeof(PkintFootprint));
	PG_RETURN_BOOL(KeyMaySatisfy(q, key, strategy, GIST_LEAF(entry)));
}

/* Enlarge a box by another. */
void
pkint_box_extend(PkintBox *box, const PkintBox *by)
{
	for (int i = 0; i < 3; i++)
	{
		box->low[i] = Min(box->low[i], by->low[i]);
		box->high[i] = Max(box->high[i], by->high[i]);
	}
	box->from = Min(box->from, by->from);
	box->until = Max(box->until, by->until);
}

Datum
pkint_footprint_union(PG_FUNCTION_ARGS)
{
	GistEntryVector *entries = (GistEntryVector *) PG_GETARG_POINTER(0);
	int		   *size = (int *) PG_GETARG_POINTER(1);
	PkintBox   *result = palloc(sizeof(PkintBox));

	*result = *(PkintBox *) DatumGetPointer(entries->vector[0].key);
	for (int i = 1; i < entries->n; i++)
		pkint_box_extend(result,
						 (PkintBox *) DatumGetPointer(entries->vector[i].key));
	*size = sizeof(PkintBox);
	PG_RETURN_POINTER(result);
}

Datum
pkint_footprint_compress(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	GISTENTRY  *result;
	PkintBox   *box;

	if (!entry->leafkey)
		PG_RETURN_POINTER(entry);
	box = palloc(sizeof(PkintBox));
	pkint_footprint_box(DatumGetFootprintP(entry->key), box);
	result = palloc(sizeof(GISTENTRY));
	gistentryinit(*result, PointerGetDatum(box), entry->rel, entry->page,
				  entry->offset, false);
	PG_RETURN_POINTER(result);
}

Datum
pkint_footprint_same(PG_FUNCTION_ARGS)
{
	PkintBox   *a = (PkintBox *) PG_GETARG_POINTER(0);
	PkintBox   *b = (PkintBox *) PG_GETARG_POINTER(1);
	bool	   *result = (bool *) PG_GETARG_POINTER(2);

	*result = a->from == b->from && a->until == b->until;
	for (int i = 0; i < 3; i++)
		*result = *result && a->low[i] == b->low[i] && a->high[i] == b->high[i];
	PG_RETURN_POINTER(result);
}

/* A lower bound of the gap in time between the query and a key, microseconds. */
static double
LeastTimeGap(const Search *q, const PkintBox *key)
{
	double		gap = 0.0;

	/* minutes are rounded down, so a key ends within the minute after */
	if (key->from != PG_INT32_MIN && !TIMESTAMP_IS_NOEND(q->footprint.until))
		gap = Max(gap, (double) key->from * USECS_PER_MINUTE -
				  (double) q->footprint.until);
	if (key->until != PG_INT32_MAX && !TIMESTAMP_IS_NOBEGIN(q->footprint.from))
		gap = Max(gap, (double) q->footprint.from -
				  ((double) key->until + 1.0) * USECS_PER_MINUTE);
	return gap;
}

/* A lower bound of the gap in space between the query and what a key holds. */
static double
LeastGap(const Search *q, const PkintBox *key, bool leaf)
{
	double		square = 0.0;
	double		distance;

	if (leaf)
	{
		double		radius;

		distance = LeafChord(q, key, &radius) - radius - KeySlack(key);
	}
	else
	{
		for (int i = 0; i < 3; i++)
		{
			double		d = Max(q->xyz[i] < key->low[i] ? key->low[i] - q->xyz[i] : 0.0,
								q->xyz[i] > key->high[i] ? q->xyz[i] - key->high[i] : 0.0);

			square += d * d;
		}
		distance = sqrt(square);
	}
	distance -= q->footprint.radius + PKINT_CHORD_GUARD;
	return Max(distance, 0.0);
}

/* Lower bound of footprint <-> footprint and of footprint <-> probe. */
Datum
pkint_footprint_box_distance(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	PkintBox   *key = (PkintBox *) DatumGetPointer(entry->key);
	bool		timed = strategy == PKINT_DISTANCE_PROBE;
	Search	   *q = RememberSearch(fcinfo, PG_GETARG_POINTER(1),
								  timed ? sizeof(PkintProbe) :
								  sizeof(PkintFootprint));
	double		distance = LeastGap(q, key, GIST_LEAF(entry));

	if (timed)
		distance += q->speed * LeastTimeGap(q, key) * (1.0 - 1e-12);
	*recheck = true;
	PG_RETURN_FLOAT8(distance);
}
