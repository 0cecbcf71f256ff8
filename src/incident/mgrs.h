/*
 * mgrs.h
 *	  Military grid references, both ways, on WGS 84.
 *
 * Plain C: no allocation, no error reporting, no static state, so that it can
 * be fuzzed and measured outside the server.
 */
#ifndef PKINT_MGRS_H
#define PKINT_MGRS_H

#include <stdbool.h>

/* "33XVG" and five digit pairs, and the closing NUL */
#define PKINT_MGRS_SIZE 16

/* the most vertices that the outline of a cell can have */
#define PKINT_MGRS_RING 1024

typedef struct PkintLonLat
{
	double		lon;			/* degrees */
	double		lat;
} PkintLonLat;

/*
 * A reference taken apart.  The corner is the south-west one in grid metres:
 * for UTM, east of the false origin and north of the equator (negative in the
 * south); for UPS, from the false origin 2,000 km off the pole.
 */
typedef struct PkintMgrs
{
	int			zone;			/* 1 .. 60, or 0 for UPS */
	char		band;			/* C .. X, or A, B, Y, Z for UPS */
	int			digits;			/* pairs 0 .. 5, or -1: grid zone only */
	double		easting;
	double		northing;
	double		size;			/* side of the cell in metres; 0: grid zone only */
} PkintMgrs;

typedef struct PkintRing
{
	int			n;				/* the first vertex is repeated at the end */
	PkintLonLat v[PKINT_MGRS_RING];
} PkintRing;

extern bool pkint_mgrs_format(double lon, double lat, int digits, char *out);
extern const char *pkint_mgrs_parse(const char *text, PkintMgrs *ref, int *where);
extern PkintLonLat pkint_mgrs_centre(const PkintMgrs *ref);
extern double pkint_mgrs_reach(const PkintMgrs *ref);
extern void pkint_mgrs_ring(const PkintMgrs *ref, PkintRing *ring);

#endif							/* PKINT_MGRS_H */
