/*
 * enclosing.c
 *	  The smallest disc around a geometry, and the outline of a disc.
 *
 * Vertices are laid flat around a guess of the centre, at their true distance
 * and direction; the smallest circle around them there gives a better guess.
 * Where the circle's centre is the guess itself, distances are true and the
 * disc is the smallest on the ellipsoid too.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/rangetypes.h"

#include "src/incident/ewkb.h"
#include "src/incident/footprint.h"
#include "src/incident/geodesy.h"

PG_FUNCTION_INFO_V1(pkint_footprint_around_ewkb);
PG_FUNCTION_INFO_V1(pkint_disc_ewkb);

#define MOST_ROUNDS 30
#define DISC_CORNERS 64

typedef struct Flat
{
	double		x;
	double		y;
} Flat;

typedef struct Circle
{
	Flat		c;
	double		r;
} Circle;

/* The vertices gathered so far. */
typedef struct Vertices
{
	PkintLonLat *v;
	int			n;
	int			room;
} Vertices;

/* Keep a vertex, unless it cannot be a place. */
static const char *
GatherVertex(double lon, double lat, void *arg)
{
	Vertices   *all = arg;
	const char *fault = pkint_footprint_fault(lon, lat, 0.0, DT_NOBEGIN, DT_NOEND);

	if (fault)
		return fault;
	if (all->n == all->room)
	{
		all->room *= 2;
		all->v = repalloc_huge(all->v, all->room * sizeof(PkintLonLat));
	}
	all->v[all->n].lon = lon;
	all->v[all->n].lat = lat;
	all->n++;
	return NULL;
}

static bool
Outside(const Circle *o, const Flat *p)
{
	return hypot(p->x - o->c.x, p->y - o->c.y) > o->r * (1 + 1e-12) + 1e-9;
}

/* The circle with two points at the ends of a diameter. */
static Circle
CircleOfTwo(const Flat *a, const Flat *b)
{
	Circle		o = {{(a->x + b->x) / 2, (a->y + b->y) / 2}, 0.0};

	o.r = hypot(a->x - b->x, a->y - b->y) / 2;
	return o;
}

/* The circle through three points; around the outer two where they lie in line. */
static Circle
CircleOfThree(const Flat *a, const Flat *b, const Flat *c)
{
	double		bx = b->x - a->x;
	double		by = b->y - a->y;
	double		cx = c->x - a->x;
	double		cy = c->y - a->y;
	double		d = 2.0 * (bx * cy - by * cx);
	Circle		o;

	if (fabs(d) < 1e-9)
	{
		Circle		best = CircleOfTwo(a, b);
		Circle		other = CircleOfTwo(a, c);

		best = other.r > best.r ? other : best;
		other = CircleOfTwo(b, c);
		return other.r > best.r ? other : best;
	}
	o.c.x = a->x + (cy * (bx * bx + by * by) - by * (cx * cx + cy * cy)) / d;
	o.c.y = a->y + (bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by)) / d;
	o.r = hypot(o.c.x - a->x, o.c.y - a->y);
	return o;
}

/* The smallest circle around points (Welzl 1991, in its iterative form). */
static Circle
SmallestCircle(const Flat *p, int n)
{
	Circle		o = {p[0], 0.0};

	for (int i = 1; i < n; i++)
	{
		if (!Outside(&o, &p[i]))
			continue;
		CHECK_FOR_INTERRUPTS();
		o.c = p[i];
		o.r = 0.0;
		for (int j = 0; j < i; j++)
		{
			if (!Outside(&o, &p[j]))
				continue;
			o = CircleOfTwo(&p[i], &p[j]);
			for (int k = 0; k < j; k++)
				if (Outside(&o, &p[k]))
					o = CircleOfThree(&p[i], &p[j], &p[k]);
		}
	}
	return o;
}

/* Mix the order, always in the same way: the method is quick in most orders. */
static void
MixVertices(Vertices *all)
{
	uint64		state = 88172645463325252ULL;

	for (int i = all->n - 1; i > 0; i--)
	{
		PkintLonLat swap = all->v[i];
		int			j;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		j = (int) (state % (uint64) (i + 1));
		all->v[i] = all->v[j];
		all->v[j] = swap;
	}
}

/* A first guess of the centre: below the mean of the vertices. */
static void
GuessCentre(const Vertices *all, double *lon, double *lat)
{
	double		sum[3] = {0.0, 0.0, 0.0};

	for (int i = 0; i < all->n; i++)
	{
		double		xyz[3];

		pkint_earth_centred(all->v[i].lon, all->v[i].lat, xyz);
		for (int k = 0; k < 3; k++)
			sum[k] += xyz[k];
	}
	*lon = atan2(sum[1], sum[0]) * (180.0 / M_PI);
	*lat = atan2(sum[2], hypot(sum[0], sum[1])) * (180.0 / M_PI);
}

/* The smallest disc around the vertices. */
static void
SmallestDisc(const Vertices *all, double *lon, double *lat, double *radius)
{
	Flat	   *flat = palloc_extended(all->n * sizeof(Flat), MCXT_ALLOC_HUGE);

	GuessCentre(all, lon, lat);
	for (int round = 0; round < MOST_ROUNDS; round++)
	{
		Circle		o;
		double		shift;

		*radius = 0.0;
		for (int i = 0; i < all->n; i++)
		{
			double		distance = 0.0;
			double		azimuth = pkint_azimuth(*lon, *lat, all->v[i].lon,
												all->v[i].lat, &distance) * (M_PI / 180.0);

			flat[i].x = distance * sin(azimuth);
			flat[i].y = distance * cos(azimuth);
			*radius = Max(*radius, distance);
		}
		o = SmallestCircle(flat, all->n);
		shift = hypot(o.c.x, o.c.y);
		if (shift < 1e-3 || round == MOST_ROUNDS - 1)
			break;
		pkint_geodesic_direct(*lon, *lat, atan2(o.c.x, o.c.y) * (180.0 / M_PI),
							  shift, lon, lat);
	}
	/* what rounding may have taken from the farthest vertex */
	*radius = all->n > 1 ? *radius + 1e-6 : 0.0;
	pfree(flat);
}

/* footprint_around_ewkb(place bytea, during) */
Datum
pkint_footprint_around_ewkb(PG_FUNCTION_ARGS)
{
	Vertices	all = {.room = 64};
	TimestampTz from;
	TimestampTz until;
	double		lon;
	double		lat;
	double		radius = 0.0;

	if (!pkint_range_times(PG_GETARG_RANGE_P(1), &from, &until))
		pkint_range_fault();
	all.v = palloc(all.room * sizeof(PkintLonLat));
	pkint_ewkb_visit(PG_GETARG_BYTEA_PP(0), GatherVertex, &all);
	lon = all.v[0].lon;
	lat = all.v[0].lat;
	if (all.n > 1)
	{
		MixVertices(&all);
		SmallestDisc(&all, &lon, &lat, &radius);
	}
	PG_RETURN_FOOTPRINT_P(pkint_footprint_make(lon, lat, Min(radius, PKINT_RADIUS_MAX),
											   from, until,
											   all.n > 1 ? PKINT_PLACE_AREA : PKINT_PLACE_EXACT,
											   PKINT_TIME_EXACT));
}

/* disc_ewkb(footprint): outline of its disc; of a disc of no radius, a point */
Datum
pkint_disc_ewkb(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);
	PkintLonLat ring[DISC_CORNERS + 1];

	if (f->radius == 0.0)
		PG_RETURN_BYTEA_P(pkint_ewkb_from_point(f->lon, f->lat));
	for (int i = 0; i < DISC_CORNERS; i++)
		pkint_geodesic_direct(f->lon, f->lat, -360.0 * i / DISC_CORNERS,
							  f->radius, &ring[i].lon, &ring[i].lat);
	ring[DISC_CORNERS] = ring[0];
	PG_RETURN_BYTEA_P(pkint_ewkb_polygon(ring, DISC_CORNERS + 1));
}
