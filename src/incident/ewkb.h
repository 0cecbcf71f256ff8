/*
 * ewkb.h
 *	  Places to and from PostGIS, as extended well-known binary.
 */
#ifndef PKINT_EWKB_H
#define PKINT_EWKB_H

#include "postgres.h"

#include "src/incident/mgrs.h"

/* Called for each vertex; returns what is wrong with it, or NULL. */
typedef const char *(*PkintVertexVisitor) (double lon, double lat, void *arg);

extern void pkint_ewkb_point(const bytea *ewkb, double *lon, double *lat);
extern int	pkint_ewkb_visit(const bytea *ewkb, PkintVertexVisitor visitor,
							 void *arg);
extern bytea *pkint_ewkb_from_point(double lon, double lat);
extern bytea *pkint_ewkb_polygon(const PkintLonLat *v, int n);

#endif							/* PKINT_EWKB_H */
