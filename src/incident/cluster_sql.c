/*
 * cluster_sql.c
 *	  cluster_events() as a window function.
 */
#include "src/core/compat.h"
#include "src/incident/cluster.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "windowapi.h"

#include "src/incident/footprint_rel.h"

PG_FUNCTION_INFO_V1(pkint_cluster_events);

/* clusters beyond this need a work_mem that allows them */
#define FREE_MEMORY ((Size) 256 * 1024 * 1024)

/* The answer for a partition, worked out at its first row. */
typedef struct Clusters
{
	bool		done;
	int32		cluster[FLEXIBLE_ARRAY_MEMBER];	/* one for each row; 0: none */
} Clusters;

/* The three arguments that say what a cluster is. */
typedef struct Terms
{
	double		metres;
	int64		usecs;
	int			least;
} Terms;

/* Read the terms from the first row, and refuse what makes no sense. */
static bool
ReadTerms(WindowObject winobj, Terms *terms)
{
	bool		isnull[3];
	Datum		metres = WinGetFuncArgCurrent(winobj, 1, &isnull[0]);
	Datum		around = WinGetFuncArgCurrent(winobj, 2, &isnull[1]);
	Datum		least = WinGetFuncArgCurrent(winobj, 3, &isnull[2]);
	double		usecs;

	if (isnull[0] || isnull[1] || isnull[2])
		return false;
	terms->metres = DatumGetFloat8(metres);
	usecs = pkint_interval_usecs(DatumGetIntervalP(around));
	terms->least = DatumGetInt32(least);
	if (!(terms->metres >= 0.0) || isinf(terms->metres) || usecs < 0.0 ||
		usecs > 9e18)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("distance and interval of a cluster must not be negative or infinite"),
				 errhint("Give metres and an interval, for example cluster_events(footprint, 5000, '2 days', 3) OVER ().")));
	if (terms->least < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a cluster needs at least one event, not %d", terms->least),
				 errhint("The event itself counts: 3 means an event with two neighbours.")));
	terms->usecs = (int64) usecs;
	return true;
}

/* Refuse a partition that would take more memory than is allowed. */
static void
CheckMemory(int64 rows)
{
	Size		allowed = Max(FREE_MEMORY, (Size) work_mem * 1024);

	if (rows > PG_INT32_MAX / 2 ||
		add_size(pkint_cluster_memory((int) rows),
				 mul_size(rows, sizeof(PkintEvent) + sizeof(PkintFootprint) + 2 * sizeof(int32))) > allowed)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("clustering %lld events takes more memory than is allowed", (long long) rows),
				 errhint("Raise work_mem, or cluster by parts with PARTITION BY.")));
}

/* Cluster the rows of the partition. */
static void
ClusterPartition(WindowObject winobj, int64 rows, int32 *cluster)
{
	Terms		terms;
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext work;
	PkintFootprint *footprints;
	PkintEvent *events;
	int32	   *row;
	int32	   *found;
	int			n = 0;

	if (!ReadTerms(winobj, &terms))
		return;
	work = AllocSetContextCreate(outer, "cluster_events", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(work);
	footprints = palloc_extended(rows * sizeof(PkintFootprint), MCXT_ALLOC_HUGE);
	events = palloc_extended(rows * sizeof(PkintEvent), MCXT_ALLOC_HUGE);
	row = palloc_extended(rows * sizeof(int32), MCXT_ALLOC_HUGE);
	MemoryContextSwitchTo(outer);
	for (int64 i = 0; i < rows; i++)
	{
		bool		isnull;
		bool		isout;
		Datum		value = WinGetFuncArgInPartition(winobj, 0, (int) i,
													 WINDOW_SEEK_HEAD, false,
													 &isnull, &isout);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (isnull)
			continue;
		footprints[n] = *DatumGetFootprintP(value);
		if (pkint_event_of(&footprints[n], &events[n]))
			row[n++] = (int32) i;
	}
	MemoryContextSwitchTo(work);
	found = palloc_extended(Max(n, 1) * sizeof(int32), MCXT_ALLOC_HUGE);
	pkint_cluster(events, n, terms.metres, terms.usecs, terms.least, found);
	for (int i = 0; i < n; i++)
		cluster[row[i]] = found[i];
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(work);
}

/* cluster_events(footprint, metres, interval, min_points) OVER (...) */
Datum
pkint_cluster_events(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	int64		rows = WinGetPartitionRowCount(winobj);
	int64		at = WinGetCurrentPosition(winobj);
	Clusters   *clusters;

	if (at == 0)
		CheckMemory(rows);
	clusters = WinGetPartitionLocalMemory(winobj, offsetof(Clusters, cluster) +
										  rows * sizeof(int32));
	if (!clusters->done)
	{
		ClusterPartition(winobj, rows, clusters->cluster);
		clusters->done = true;
	}
	if (clusters->cluster[at] == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(clusters->cluster[at]);
}
