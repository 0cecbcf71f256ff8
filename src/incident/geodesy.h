/*
 * geodesy.h
 *	  Distances on the WGS 84 ellipsoid.
 */
#ifndef PKINT_GEODESY_H
#define PKINT_GEODESY_H

#include "postgres.h"

#include "src/incident/footprint.h"

/*
 * The smallest radius of curvature of the ellipsoid.  A geodesic is never
 * longer than the arc of this radius over the same chord (Schur).
 */
#define PKINT_LEAST_CURVATURE 6335439.0

/* what rounding may do to a chord, with a wide margin */
#define PKINT_CHORD_GUARD 1e-6

extern void pkint_geodesy_init(void);
extern void pkint_earth_centred(double lon, double lat, double xyz[3]);
extern double pkint_geodesic(double lon1, double lat1, double lon2, double lat2);
extern void pkint_geodesic_direct(double lon, double lat, double azimuth,
								  double distance, double *lon2, double *lat2);
extern double pkint_azimuth(double lon1, double lat1, double lon2, double lat2,
							double *distance);
extern bool pkint_within_reach(const PkintFootprint *a, const PkintFootprint *b,
							   double reach);
extern double pkint_upper_geodesic(double chord);

#endif							/* PKINT_GEODESY_H */
