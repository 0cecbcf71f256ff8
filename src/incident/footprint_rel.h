/*
 * footprint_rel.h
 *	  Relations between footprints.
 */
#ifndef PKINT_FOOTPRINT_REL_H
#define PKINT_FOOTPRINT_REL_H

#include "postgres.h"

#include "src/incident/footprint.h"

/* One km/h in metres for each microsecond, inverted. */
#define PKINT_KMH_IN_M_PER_USEC (3.6 * 1000000.0)

/* A footprint to measure from, and a speed at which time counts as distance. */
typedef struct PkintProbe
{
	PkintFootprint footprint;
	double		speed;			/* km/h, finite, not negative */
} PkintProbe;

StaticAssertDecl(sizeof(PkintProbe) == 56, "a probe has 56 bytes");

#define PG_GETARG_PROBE_P(n) ((PkintProbe *) PG_GETARG_POINTER(n))

extern double pkint_gap_m(const PkintFootprint *a, const PkintFootprint *b);
extern double pkint_time_gap(const PkintFootprint *a, const PkintFootprint *b);
extern double pkint_interval_usecs(const Interval *interval);
extern void pkint_widen(const PkintFootprint *f, double metres, double usecs,
						PkintFootprint *result);

#endif							/* PKINT_FOOTPRINT_REL_H */
