/*
 * gist.h
 *	  GiST operator class of footprints.
 */
#ifndef PKINT_GIST_H
#define PKINT_GIST_H

#include "postgres.h"

#include "src/incident/footprint_box.h"

/* strategy numbers of the operator class */
#define PKINT_OVERLAPS 1
#define PKINT_MAY_BE_SAME 2
#define PKINT_CONTAINS 3
#define PKINT_CONTAINED 4
#define PKINT_DISTANCE 15
#define PKINT_DISTANCE_PROBE 16

extern void pkint_box_extend(PkintBox *box, const PkintBox *by);

#endif							/* PKINT_GIST_H */
