/*
 * footprint_box.h
 *	  The box around a footprint in earth-centred space and in time: the key of
 *	  the index.
 *
 * A chord is never longer than the geodesic over it, so that all places within
 * a radius lie in the box around the centre, at the poles and the dateline as
 * everywhere.  All bounds are rounded outward.
 */
#ifndef PKINT_FOOTPRINT_BOX_H
#define PKINT_FOOTPRINT_BOX_H

#include "postgres.h"

#include "src/incident/footprint.h"

typedef struct PkintBox
{
	float		low[3];			/* metres from the centre of the earth */
	float		high[3];
	int32		from;			/* minutes since 2000; both ends belong to it */
	int32		until;
} PkintBox;

StaticAssertDecl(sizeof(PkintBox) == 32, "a key of the index has 32 bytes");

extern void pkint_footprint_box(const PkintFootprint *f, PkintBox *box);
extern void pkint_footprint_box_reach(const PkintFootprint *f, double metres,
									  int64 microseconds, PkintBox *box);

/*
 * Do the boxes overlap in space, in time?  Touching counts.  All comparisons are
 * made, since a search asks this of keys in no order that a processor could guess.
 */
static inline bool
pkint_boxes_overlap(const PkintBox *a, const PkintBox *b)
{
	return (a->low[0] <= b->high[0]) & (b->low[0] <= a->high[0]) &
		(a->low[1] <= b->high[1]) & (b->low[1] <= a->high[1]) &
		(a->low[2] <= b->high[2]) & (b->low[2] <= a->high[2]);
}

static inline bool
pkint_box_times_overlap(const PkintBox *a, const PkintBox *b)
{
	return (a->from <= b->until) & (b->from <= a->until);
}

#endif							/* PKINT_FOOTPRINT_BOX_H */
