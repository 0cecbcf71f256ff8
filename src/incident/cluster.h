/*
 * cluster.h
 *	  Density clusters of events in space and time.
 */
#ifndef PKINT_CLUSTER_H
#define PKINT_CLUSTER_H

#include "postgres.h"

#include "src/incident/footprint.h"

/* An event as clustering sees it: one place and one time. */
typedef struct PkintEvent
{
	double		xyz[3];			/* earth-centred metres */
	int64		time;			/* middle of its time, microseconds */
	const PkintFootprint *footprint;
} PkintEvent;

extern bool pkint_event_of(const PkintFootprint *f, PkintEvent *event);
extern void pkint_cluster(const PkintEvent *events, int n, double metres,
						  int64 usecs, int least, int32 *cluster);
extern Size pkint_cluster_memory(int n);

#endif							/* PKINT_CLUSTER_H */
