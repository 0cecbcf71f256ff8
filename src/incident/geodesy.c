/*
 * geodesy.c
 *	  Distances on the WGS 84 ellipsoid.
 *
 * Geodesics are those of PROJ's geodesic.h (Karney 2013), exact to nanometres
 * and convergent for every pair of places.  Nothing here raises an error.
 */
#include "src/incident/geodesy.h"

#include <geodesic.h>
#include <math.h>

#define SEMI_MAJOR 6378137.0
#define FLATTENING (1.0 / 298.257223563)
#define E2 (FLATTENING * (2.0 - FLATTENING))
#define DEGREE (M_PI / 180.0)

/* set once, when the library is loaded */
static struct geod_geodesic wgs84;

void
pkint_geodesy_init(void)
{
	geod_init(&wgs84, SEMI_MAJOR, FLATTENING);
}

/* Earth-centred coordinates, in metres, of a place on the ellipsoid. */
void
pkint_earth_centred(double lon, double lat, double xyz[3])
{
	double		s = sin(lat * DEGREE);
	double		c = cos(lat * DEGREE);
	double		n = SEMI_MAJOR / sqrt(1.0 - E2 * s * s);

	xyz[0] = n * c * cos(lon * DEGREE);
	xyz[1] = n * c * sin(lon * DEGREE);
	xyz[2] = n * (1.0 - E2) * s;
}

/* Length of the shortest path over the ellipsoid, in metres. */
double
pkint_geodesic(double lon1, double lat1, double lon2, double lat2)
{
	double		distance = 0.0;

	geod_inverse(&wgs84, lat1, lon1, lat2, lon2, &distance, NULL, NULL);
	return distance;
}

/* The place at a distance in a direction (degrees clockwise from north). */
void
pkint_geodesic_direct(double lon, double lat, double azimuth, double distance,
					  double *lon2, double *lat2)
{
	geod_direct(&wgs84, lat, lon, azimuth, distance, lat2, lon2, NULL);
}

/* Direction of the shortest path at its beginning, and its length. */
double
pkint_azimuth(double lon1, double lat1, double lon2, double lat2,
			  double *distance)
{
	double		azimuth = 0.0;

	geod_inverse(&wgs84, lat1, lon1, lat2, lon2, distance, &azimuth, NULL);
	return azimuth;
}

/* The longest that a geodesic over a chord can be; infinity if unbounded. */
double
pkint_upper_geodesic(double chord)
{
	double		half = chord / (2.0 * PKINT_LEAST_CURVATURE);

	return half >= 1.0 ? INFINITY : 2.0 * PKINT_LEAST_CURVATURE * asin(half);
}

/*
 * Are the centres of two footprints no further apart than "reach" metres?  The
 * answer is that of the geodesic; chord and Schur's bound, which enclose it,
 * decide nearly always.
 */
bool
pkint_within_reach(const PkintFootprint *a, const PkintFootprint *b,
				   double reach)
{
	double		p[3];
	double		q[3];
	double		chord;

	if (a->lon == b->lon && a->lat == b->lat)
		return reach >= 0.0;
	pkint_earth_centred(a->lon, a->lat, p);
	pkint_earth_centred(b->lon, b->lat, q);
	chord = sqrt((p[0] - q[0]) * (p[0] - q[0]) +
				 (p[1] - q[1]) * (p[1] - q[1]) +
				 (p[2] - q[2]) * (p[2] - q[2]));
	if (chord > reach + PKINT_CHORD_GUARD)
		return false;
	if (pkint_upper_geodesic(chord) + PKINT_CHORD_GUARD <= reach)
		return true;
	return pkint_geodesic(a->lon, a->lat, b->lon, b->lat) <= reach;
}
