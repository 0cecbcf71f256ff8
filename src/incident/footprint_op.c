/*
 * footprint_op.c
 *	  Relations between footprints.
 *
 * All of these are leakproof: they take footprints as they are, raise nothing
 * and allocate nothing.
 */
#include "src/incident/footprint.h"

#include "src/incident/footprint_box.h"
#include "src/incident/geodesy.h"

PG_FUNCTION_INFO_V1(pkint_footprint_overlaps);
PG_FUNCTION_INFO_V1(pkint_may_be_same);

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

/* a &= b: the discs touch on the ellipsoid, and the times overlap */
Datum
pkint_may_be_same(PG_FUNCTION_ARGS)
{
	PkintFootprint *a = PG_GETARG_FOOTPRINT_P(0);
	PkintFootprint *b = PG_GETARG_FOOTPRINT_P(1);

	PG_RETURN_BOOL(pkint_times_overlap(a->from, a->until, b->from, b->until) &&
				   pkint_within_reach(a, b, a->radius + b->radius));
}
