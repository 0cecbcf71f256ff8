/*
 * cluster.c
 *	  Density clusters of events in space and time (ST-DBSCAN).
 *
 * Two events are neighbours if their middles are no further apart than so many
 * metres on the ellipsoid, and so long a time.  An event with enough neighbours,
 * itself among them, is a core; cores that are neighbours are of one cluster;
 * any other neighbour of a core is at the border, and goes to the earliest of
 * its cores.  So the answer does not depend on the order of the events.
 *
 * Events are sorted into cells so small that all events of a cell are
 * neighbours of each other, however many lie on one town's centroid.  A cell's
 * number is packed into 64 bits with time lowest, so that one walk along the
 * sorted cells finds for each cell those at a given distance in space.
 */
#include "src/incident/cluster.h"

#include <math.h>

#include "miscadmin.h"

#include "src/incident/geodesy.h"

#define REACH 2					/* cells to look at on either side */

/* Events of one cell, and the bounds of where and when they really are. */
typedef struct Cell
{
	uint64		key;
	int			first;			/* in the sorted order */
	int			n;
	int			cores;
	float		low[3];
	float		high[3];
} Cell;

typedef struct Keyed
{
	uint64		key;
	int			event;
	int			spare;
} Keyed;

/* All that the steps share. */
typedef struct Work
{
	const PkintEvent *events;	/* in the caller's order */
	int			n;
	double		metres;
	int64		usecs;
	int			least;
	bool		certain;		/* are all events of a cell neighbours? */
	Keyed	   *order;			/* events in the order of their cells */
	Cell	   *cells;
	uint64	   *keys;			/* of the cells, by themselves for quick walks */
	int			ncells;
	int		   *neighbours;		/* by place in the order, up to "least" */
	int		   *parent;			/* union-find over places in the order */
	int		   *border;			/* earliest core beside an event, or -1 */
	int			shift[3];		/* where x, y, z stand in a key */
} Work;

/* What is done with a pair of cells, or with one cell and itself. */
typedef void (*PairStep) (Work *w, Cell *a, Cell *b);

/*
 * Place and time of a footprint; false where its time is open at both ends.  A
 * time that is open at one end stands for the other.
 */
bool
pkint_event_of(const PkintFootprint *f, PkintEvent *event)
{
	bool		begins = !TIMESTAMP_IS_NOBEGIN(f->from);
	bool		ends = !TIMESTAMP_IS_NOEND(f->until);

	if (!begins && !ends)
		return false;
	pkint_earth_centred(f->lon, f->lat, event->xyz);
	event->time = !begins ? f->until : !ends ? f->from :
		f->from + (f->until - f->from) / 2;
	event->footprint = f;
	return true;
}

/* Memory that clustering n events takes, beside the events themselves. */
Size
pkint_cluster_memory(int n)
{
	return mul_size(n, 2 * sizeof(Keyed) + sizeof(Cell) + sizeof(uint64) + 3 * sizeof(int));
}

/* Are two events, by their places in the order, neighbours? */
static bool
Neighbours(const Work *w, int i, int j)
{
	const PkintEvent *a = &w->events[w->order[i].event];
	const PkintEvent *b = &w->events[w->order[j].event];
	double		square = 0.0;
	double		chord;
	uint64		apart = a->time > b->time ? (uint64) a->time - (uint64) b->time :
		(uint64) b->time - (uint64) a->time;

	if (apart > (uint64) w->usecs)
		return false;
	for (int k = 0; k < 3; k++)
		square += (a->xyz[k] - b->xyz[k]) * (a->xyz[k] - b->xyz[k]);
	chord = sqrt(square);
	if (chord > w->metres + PKINT_CHORD_GUARD)
		return false;
	if (pkint_upper_geodesic(chord) + PKINT_CHORD_GUARD <= w->metres)
		return true;
	return pkint_within_reach(a->footprint, b->footprint, w->metres);
}

/* Bits that hold the numbers from 0 to n. */
static int
BitsFor(double n)
{
	int			bits = 1;

	while (bits < 62 && ldexp(1.0, bits) <= n + 1.0)
		bits++;
	return bits;
}

/* Number all events by cells, enlarging the cells until numbers fit a key. */
static void
NumberCells(Work *w)
{
	double		low[3];
	double		high[3];
	int64		first = w->events[0].time;
	int64		last = first;
	double		side = Max(w->metres, 0.001) / 1.7321;
	double		span = (double) Max(w->usecs, 1);
	int			bits[4];

	/* a geodesic is longer than its chord: by 1 part in 600 at 800 km */
	w->certain = w->metres >= 0.01 && w->metres <= 500000.0;
	if (w->certain)
		side *= 0.999;
	for (int k = 0; k < 3; k++)
		low[k] = high[k] = w->events[0].xyz[k];
	for (int i = 1; i < w->n; i++)
	{
		first = Min(first, w->events[i].time);
		last = Max(last, w->events[i].time);
		for (int k = 0; k < 3; k++)
		{
			low[k] = Min(low[k], w->events[i].xyz[k]);
			high[k] = Max(high[k], w->events[i].xyz[k]);
		}
	}
	for (;;)
	{
		bits[3] = BitsFor(((double) last - (double) first) / span + 2);
		for (int k = 0; k < 3; k++)
			bits[k] = BitsFor((high[k] - low[k]) / side + 2 * REACH);
		if (bits[0] + bits[1] + bits[2] + bits[3] <= 63)
			break;
		side *= 2.0;
		span *= 2.0;
		w->certain = false;
	}
	w->shift[2] = bits[3];
	w->shift[1] = w->shift[2] + bits[2];
	w->shift[0] = w->shift[1] + bits[1];
	for (int i = 0; i < w->n; i++)
	{
		const PkintEvent *e = &w->events[i];
		uint64		key = (uint64) (((double) e->time - (double) first) / span) + 1;

		for (int k = 0; k < 3; k++)
			key |= ((uint64) ((e->xyz[k] - low[k]) / side) + REACH) << w->shift[k];
		w->order[i].key = key;
		w->order[i].event = i;
	}
}

/* Sort by key, a byte at a time from the lowest; bytes all alike are passed. */
static void
SortByKey(Work *w, Keyed *spare)
{
	Keyed	   *from = w->order;
	Keyed	   *to = spare;

	for (int byte = 0; byte < 8; byte++)
	{
		int			count[257] = {0};

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < w->n; i++)
			count[((from[i].key >> (8 * byte)) & 255) + 1]++;
		if (count[((from[0].key >> (8 * byte)) & 255) + 1] == w->n)
			continue;
		for (int v = 1; v < 257; v++)
			count[v] += count[v - 1];
		for (int i = 0; i < w->n; i++)
			to[count[(from[i].key >> (8 * byte)) & 255]++] = from[i];
		{
			Keyed	   *swap = from;

			from = to;
			to = swap;
		}
	}
	if (from != w->order)
		memcpy(w->order, from, w->n * sizeof(Keyed));
}

/* Gather the sorted events into cells. */
static void
GatherCells(Work *w)
{
	Cell	   *c = NULL;

	w->ncells = 0;
	for (int i = 0; i < w->n; i++)
	{
		const double *xyz = w->events[w->order[i].event].xyz;

		if (!c || c->key != w->order[i].key)
		{
			w->keys[w->ncells] = w->order[i].key;
			c = &w->cells[w->ncells++];
			c->key = w->order[i].key;
			c->first = i;
			c->n = 0;
			c->cores = 0;
			for (int k = 0; k < 3; k++)
			{
				c->low[k] = INFINITY;
				c->high[k] = -INFINITY;
			}
		}
		c->n++;
		for (int k = 0; k < 3; k++)
		{
			/* a float may be off by half a metre: see FarApart() */
			c->low[k] = Min(c->low[k], (float) xyz[k]);
			c->high[k] = Max(c->high[k], (float) xyz[k]);
		}
	}
}

/* Are all events of one cell certainly too far from all of the other? */
static bool
FarApart(const Work *w, const Cell *a, const Cell *b)
{
	double		square = 0.0;

	for (int k = 0; k < 3; k++)
	{
		double		gap = Max((double) a->low[k] - b->high[k],
							  (double) b->low[k] - a->high[k]) - 1.0;

		if (gap > 0.0)
			square += gap * gap;
	}
	return square > w->metres * w->metres;
}

/* Call a step for each cell and each pair of cells that may be neighbours. */
static void
WalkPairs(Work *w, PairStep step)
{
	for (int i = 0; i < w->ncells; i++)
		step(w, &w->cells[i], &w->cells[i]);
	for (int dx = 0; dx <= REACH; dx++)
		for (int dy = dx > 0 ? -REACH : 0; dy <= REACH; dy++)
			for (int dz = dx > 0 || dy > 0 ? -REACH : 0; dz <= REACH; dz++)
			{
				int64		delta = (int64) dx * ((int64) 1 << w->shift[0]) +
					(int64) dy * ((int64) 1 << w->shift[1]) +
					(int64) dz * ((int64) 1 << w->shift[2]);
				bool		same = delta == 0;
				int			j = 0;

				CHECK_FOR_INTERRUPTS();
				for (int i = 0; i < w->ncells; i++)
				{
					uint64		key = w->keys[i] + (uint64) delta;

					while (j < w->ncells && w->keys[j] < key - 1)
						j++;
					for (int k = same ? i + 1 : j;
						 k < w->ncells && w->keys[k] <= key + 1; k++)
						if (!FarApart(w, &w->cells[i], &w->cells[k]))
							step(w, &w->cells[i], &w->cells[k]);
				}
			}
}

/* First pass: count neighbours, as far as that matters. */
static void
CountNeighbours(Work *w, Cell *a, Cell *b)
{
	if (a == b && w->certain)
	{
		for (int i = a->first; i < a->first + a->n; i++)
			w->neighbours[i] += a->n;
		return;
	}
	for (int i = a->first; i < a->first + a->n; i++)
	{
		if (a == b)
			w->neighbours[i]++;
		if ((i & 255) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int j = a == b ? i + 1 : b->first; j < b->first + b->n; j++)
			if ((w->neighbours[i] < w->least || w->neighbours[j] < w->least) &&
				Neighbours(w, i, j))
			{
				w->neighbours[i]++;
				w->neighbours[j]++;
			}
	}
}

static bool
IsCore(const Work *w, int i)
{
	return w->neighbours[i] >= w->least;
}

/* The root of an event's cluster; shortens the way there. */
static int
FindRoot(Work *w, int i)
{
	while (w->parent[i] != i)
	{
		w->parent[i] = w->parent[w->parent[i]];
		i = w->parent[i];
	}
	return i;
}

static void
Unite(Work *w, int i, int j)
{
	i = FindRoot(w, i);
	j = FindRoot(w, j);
	if (i < j)
		w->parent[j] = i;
	else
		w->parent[i] = j;
}

/* Is one event before another: by time, place, and how well they are known? */
static bool
Before(const Work *w, int i, int j)
{
	return pkint_footprint_compare(w->events[w->order[i].event].footprint,
								   w->events[w->order[j].event].footprint) < 0;
}

/* Note that a core lies beside an event at the border. */
static void
NoteBorder(Work *w, int event, int core)
{
	if (w->border[event] < 0 || Before(w, core, w->border[event]))
		w->border[event] = core;
}

/* Second pass, cores: unite those of two cells that are neighbours. */
static void
UniteCores(Work *w, Cell *a, Cell *b)
{
	if (a->cores == 0 || b->cores == 0)
		return;
	for (int i = a->first; i < a->first + a->n; i++)
	{
		if (!IsCore(w, i))
			continue;
		if ((i & 255) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int j = a == b ? i + 1 : b->first; j < b->first + b->n; j++)
		{
			if (!IsCore(w, j))
				continue;
			if (FindRoot(w, i) != FindRoot(w, j) &&
				((a == b && w->certain) || Neighbours(w, i, j)))
				Unite(w, i, j);
			/* the cores of a certain cell are of one cluster already */
			if (w->certain && FindRoot(w, i) == FindRoot(w, j))
			{
				if (a != b)
					return;
				break;
			}
		}
	}
}

/* Also second pass: find the earliest core beside each event at the border. */
static void
FindBorders(Work *w, Cell *a, Cell *b)
{
	if ((a->cores == 0 && b->cores == 0) ||
		(a->cores == a->n && b->cores == b->n))
		return;
	for (int i = a->first; i < a->first + a->n; i++)
	{
		if ((i & 255) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int j = a == b ? i + 1 : b->first; j < b->first + b->n; j++)
			if (IsCore(w, i) != IsCore(w, j) && Neighbours(w, i, j))
				NoteBorder(w, IsCore(w, i) ? j : i, IsCore(w, i) ? i : j);
	}
}

/* Second pass: cores to clusters, and the borders to their cores. */
static void
JoinCells(Work *w, Cell *a, Cell *b)
{
	UniteCores(w, a, b);
	FindBorders(w, a, b);
}

/* The earliest core of each cluster, by its root. */
static int *
EarliestCores(Work *w)
{
	int		   *earliest = palloc_extended(w->n * sizeof(int), MCXT_ALLOC_HUGE);

	for (int i = 0; i < w->n; i++)
		earliest[i] = -1;
	for (int i = 0; i < w->n; i++)
		if (IsCore(w, i))
		{
			int			root = FindRoot(w, i);

			if (earliest[root] < 0 || Before(w, i, earliest[root]))
				earliest[root] = i;
		}
	return earliest;
}

static int
CompareEarliest(const void *a, const void *b, void *arg)
{
	const Work *w = arg;
	int			c = pkint_footprint_compare(w->events[w->order[((const int *) a)[1]].event].footprint,
											w->events[w->order[((const int *) b)[1]].event].footprint);

	return c;
}

/* Number the clusters from 1, earliest first, and tell each event its own. */
static void
NumberClusters(Work *w, int32 *cluster)
{
	int		   *earliest = EarliestCores(w);
	int			(*found)[2] = palloc_extended(Max(w->n, 1) * sizeof(int[2]),
											  MCXT_ALLOC_HUGE);
	int			count = 0;

	for (int i = 0; i < w->n; i++)
		if (earliest[i] >= 0)
		{
			found[count][0] = i;
			found[count][1] = earliest[i];
			count++;
		}
	qsort_arg(found, count, sizeof(int[2]), CompareEarliest, w);
	for (int k = 0; k < count; k++)
		earliest[found[k][0]] = k + 1;
	for (int i = 0; i < w->n; i++)
	{
		int			core = IsCore(w, i) ? i : w->border[i];

		cluster[w->order[i].event] = core < 0 ? 0 : earliest[FindRoot(w, core)];
	}
	pfree(found);
	pfree(earliest);
}

/*
 * Cluster n events; the numbers, from 1, go to "cluster", and 0 to events that
 * belong to none.
 */
void
pkint_cluster(const PkintEvent *events, int n, double metres, int64 usecs,
			  int least, int32 *cluster)
{
	Work		w = {.events = events,.n = n,.metres = metres,.usecs = usecs,.least = least};
	Keyed	   *spare;

	if (n == 0)
		return;
	w.order = palloc_extended(n * sizeof(Keyed), MCXT_ALLOC_HUGE);
	spare = palloc_extended(n * sizeof(Keyed), MCXT_ALLOC_HUGE);
	NumberCells(&w);
	SortByKey(&w, spare);
	pfree(spare);
	w.cells = palloc_extended(n * sizeof(Cell), MCXT_ALLOC_HUGE);
	w.keys = palloc_extended(n * sizeof(uint64), MCXT_ALLOC_HUGE);
	w.neighbours = palloc_extended(n * sizeof(int), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	w.parent = palloc_extended(n * sizeof(int), MCXT_ALLOC_HUGE);
	w.border = palloc_extended(n * sizeof(int), MCXT_ALLOC_HUGE);
	GatherCells(&w);
	WalkPairs(&w, CountNeighbours);
	for (int c = 0; c < w.ncells; c++)
		for (int i = w.cells[c].first; i < w.cells[c].first + w.cells[c].n; i++)
		{
			w.parent[i] = i;
			w.border[i] = -1;
			w.cells[c].cores += IsCore(&w, i);
		}
	WalkPairs(&w, JoinCells);
	NumberClusters(&w, cluster);
	pfree(w.border);
	pfree(w.parent);
	pfree(w.neighbours);
	pfree(w.keys);
	pfree(w.cells);
	pfree(w.order);
}
