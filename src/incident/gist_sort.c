/*
 * gist_sort.c
 *	  GiST operator class of footprints: the order of a sorted build.
 *
 * Keys are put in the order of a 64-bit number: size class on top, so that
 * wide footprints share pages with their like and narrow ones stay narrow; then
 * epochs of four years; then the face of a cube around the earth; then a Hilbert
 * curve through the place on that face and the time.  Cells of the curve are
 * some 76 m wide and 16 minutes long, which weighs time as the penalty does.
 */
#include "src/incident/gist.h"

#include <math.h>

#include "fmgr.h"
#include "utils/sortsupport.h"

PG_FUNCTION_INFO_V1(pkint_footprint_sortsupport);

#define CURVE_BITS 17
#define CURVE_CELLS (1 << CURVE_BITS)
#define MINUTES_PER_CELL 16
#define EPOCH_BITS 6

/* How many times a size doubles over that of a typical query, 0 .. 7. */
static int
Doublings(double metres)
{
	int			exponent = 0;

	frexp(1.0 + metres / 12000.0, &exponent);
	return Min(exponent - 1, 7);
}

/* Size class of a key, 0 .. 14: wide in space, long in time, or both. */
static int
SizeClass(const PkintBox *b)
{
	double		width = ((double) b->high[0] - b->low[0]) / 2;
	double		length = ((double) b->until - b->from) * 2;

	return Doublings(width) + Doublings(length);
}

/* Cell of a coordinate on a face of the cube, from -1 .. 1. */
static uint32
FaceCell(double t)
{
	/* atan evens out the sizes of the cells on the sphere */
	double		u = (atan(t) / (M_PI / 4) + 1.0) / 2 * CURVE_CELLS;

	return (uint32) Max(0.0, Min(u, CURVE_CELLS - 1.0));
}

/* Which face of the cube a direction meets, and where. */
static int
CubeFace(const double xyz[3], uint32 *u, uint32 *v)
{
	int			axis = 0;
	double		depth;

	for (int i = 1; i < 3; i++)
		if (fabs(xyz[i]) > fabs(xyz[axis]))
			axis = i;
	depth = Max(fabs(xyz[axis]), 1.0);
	*u = FaceCell(xyz[(axis + 1) % 3] / depth);
	*v = FaceCell(xyz[(axis + 2) % 3] / depth);
	return 2 * axis + (xyz[axis] < 0.0);
}

/*
 * Position on the Hilbert curve through a cube of three axes, after Skilling,
 * "Programming the Hilbert curve" (2004): the axes are turned into the
 * transposed number in place, and its bits then interleaved.
 */
static uint64
HilbertIndex(uint32 x[3])
{
	uint32		top = 1U << (CURVE_BITS - 1);
	uint32		t = 0;
	uint64		index = 0;

	for (uint32 q = top; q > 1; q >>= 1)
		for (int i = 0; i < 3; i++)
		{
			if (x[i] & q)
				x[0] ^= q - 1;
			else
			{
				uint32		swap = (x[0] ^ x[i]) & (q - 1);

				x[0] ^= swap;
				x[i] ^= swap;
			}
		}
	x[1] ^= x[0];
	x[2] ^= x[1];
	for (uint32 q = top; q > 1; q >>= 1)
		if (x[2] & q)
			t ^= q - 1;
	for (int i = 0; i < 3; i++)
		x[i] ^= t;
	for (int bit = CURVE_BITS - 1; bit >= 0; bit--)
		for (int i = 0; i < 3; i++)
			index = index << 1 | ((x[i] >> bit) & 1);
	return index;
}

/* The number by which keys are sorted. */
static uint64
SortNumber(const PkintBox *b)
{
	double		xyz[3];
	uint32		cell[3];
	int64		slot;
	int64		epoch;
	int			face;
	int			size = SizeClass(b);

	for (int i = 0; i < 3; i++)
		xyz[i] = ((double) b->low[i] + b->high[i]) / 2;
	face = CubeFace(xyz, &cell[0], &cell[1]);
	slot = (((int64) b->from + b->until) / 2 - PG_INT32_MIN) / MINUTES_PER_CELL;
	cell[2] = (uint32) (slot % CURVE_CELLS);
	/* 2000 lies in the middle of the epochs */
	epoch = slot / CURVE_CELLS -
		(-(int64) PG_INT32_MIN / MINUTES_PER_CELL / CURVE_CELLS) + (1 << (EPOCH_BITS - 1));
	epoch = Max(0, Min(epoch, (1 << EPOCH_BITS) - 1));
	return (uint64) size << 60 | (uint64) epoch << 54 | (uint64) face << 51 |
		HilbertIndex(cell);
}

static int
CompareNumbers(Datum x, Datum y, SortSupport ssup)
{
	uint64		a = DatumGetUInt64(x);
	uint64		b = DatumGetUInt64(y);

	return a < b ? -1 : a > b ? 1 : 0;
}

/* Compare keys, where they are not abbreviated to their numbers. */
static int
CompareKeys(Datum x, Datum y, SortSupport ssup)
{
	return CompareNumbers(UInt64GetDatum(SortNumber((PkintBox *) DatumGetPointer(x))),
						  UInt64GetDatum(SortNumber((PkintBox *) DatumGetPointer(y))),
						  ssup);
}

/* Keys with the same number may come in any order. */
static int
CompareTies(Datum x, Datum y, SortSupport ssup)
{
	return 0;
}

static Datum
AbbreviateKey(Datum original, SortSupport ssup)
{
	return UInt64GetDatum(SortNumber((PkintBox *) DatumGetPointer(original)));
}

/* The number always tells as much as the key. */
static bool
NeverAbort(int memtupcount, SortSupport ssup)
{
	return false;
}

Datum
pkint_footprint_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	if (ssup->abbreviate && sizeof(Datum) == sizeof(uint64))
	{
		ssup->comparator = CompareNumbers;
		ssup->abbrev_converter = AbbreviateKey;
		ssup->abbrev_abort = NeverAbort;
		ssup->abbrev_full_comparator = CompareTies;
	}
	else
		ssup->comparator = CompareKeys;
	PG_RETURN_VOID();
}
