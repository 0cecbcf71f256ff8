/*
 * ewkb.c
 *	  Places to and from PostGIS, as extended well-known binary.
 *
 * Geometries arrive from ST_AsEWKB, but any bytea may be given: every length is
 * checked.  Only plain longitude and latitude on WGS 84 is taken (SRID 4326, or
 * none stated); the SQL functions transform the rest before they come here.
 */
#include "src/core/compat.h"
#include "src/incident/ewkb.h"

#include <math.h>

#include "miscadmin.h"
#include "port/pg_bswap.h"

#define EWKB_Z 0x80000000U
#define EWKB_M 0x40000000U
#define EWKB_SRID 0x20000000U
#define EWKB_FLAGS 0xE0000000U
#define WGS84_SRID 4326

enum
{
	WKB_POINT = 1,
	WKB_LINESTRING,
	WKB_POLYGON,
	WKB_MULTIPOINT,
	WKB_MULTILINESTRING,
	WKB_MULTIPOLYGON,
	WKB_COLLECTION
};

typedef struct Walk
{
	const uint8 *at;
	size_t		left;
	bool		swap;			/* is the byte order not ours? */
	uint32		type;			/* of the geometry as a whole */
	uint32		srid;
	int			vertices;
	PkintVertexVisitor visitor;
	void	   *arg;
} Walk;

static const char truncated[] = gettext_noop("it ends too early");

static bool
TakeBytes(Walk *w, void *to, size_t n)
{
	if (w->left < n)
		return false;
	memcpy(to, w->at, n);
	w->at += n;
	w->left -= n;
	return true;
}

static bool
TakeUint32(Walk *w, uint32 *value)
{
	if (!TakeBytes(w, value, sizeof(*value)))
		return false;
	if (w->swap)
		*value = pg_bswap32(*value);
	return true;
}

static bool
TakeDouble(Walk *w, double *value)
{
	uint64		bits;

	if (!TakeBytes(w, &bits, sizeof(bits)))
		return false;
	if (w->swap)
		bits = pg_bswap64(bits);
	memcpy(value, &bits, sizeof(bits));
	return true;
}

/* One vertex.  Both coordinates NaN is how an empty point is written. */
static const char *
WalkVertex(Walk *w)
{
	double		lon;
	double		lat;

	if (!TakeDouble(w, &lon) || !TakeDouble(w, &lat))
		return truncated;
	if (isnan(lon) && isnan(lat))
		return NULL;
	w->vertices++;
	return w->visitor(lon, lat, w->arg);
}

/* A counted list of vertices. */
static const char *
WalkVertices(Walk *w)
{
	uint32		n;
	const char *fault = NULL;

	if (!TakeUint32(w, &n))
		return truncated;
	if (n > w->left / (2 * sizeof(double)))
		return truncated;
	for (uint32 i = 0; i < n && !fault; i++)
		fault = WalkVertex(w);
	return fault;
}

/* Byte order, type and SRID at the head of a geometry or a part of one. */
static const char *
WalkHead(Walk *w, uint32 *type)
{
	uint8		order;

	if (!TakeBytes(w, &order, 1))
		return truncated;
	if (order > 1)
		return gettext_noop("its byte order is unknown");
#ifdef WORDS_BIGENDIAN
	w->swap = order == 1;
#else
	w->swap = order == 0;
#endif
	if (!TakeUint32(w, type))
		return truncated;
	if (*type & (EWKB_Z | EWKB_M) || (*type & ~EWKB_FLAGS) >= 1000)
		return gettext_noop("it has a third dimension or a measure");
	if (*type & EWKB_SRID && !TakeUint32(w, &w->srid))
		return truncated;
	*type &= ~EWKB_FLAGS;
	return NULL;
}

/* A geometry and what it consists of. */
static const char *
WalkGeometry(Walk *w, int depth, uint32 *type)
{
	const char *fault = WalkHead(w, type);
	uint32		n;
	uint32		part;

	if (fault)
		return fault;
	if (depth > 32)
		return gettext_noop("it is nested too deeply");
	switch (*type)
	{
		case WKB_POINT:
			return WalkVertex(w);
		case WKB_LINESTRING:
			return WalkVertices(w);
		case WKB_POLYGON:
			if (!TakeUint32(w, &n))
				return truncated;
			for (uint32 i = 0; i < n && !fault; i++)
				fault = WalkVertices(w);
			return fault;
		case WKB_MULTIPOINT:
		case WKB_MULTILINESTRING:
		case WKB_MULTIPOLYGON:
		case WKB_COLLECTION:
			if (!TakeUint32(w, &n))
				return truncated;
			for (uint32 i = 0; i < n && !fault; i++)
			{
				CHECK_FOR_INTERRUPTS();
				fault = WalkGeometry(w, depth + 1, &part);
			}
			return fault;
		default:
			return gettext_noop("it is of a type that is neither points, lines nor polygons");
	}
}

/* The error for a geometry that cannot be a place. */
static void
PlaceFault(const char *fault, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cannot use this geometry as a place: %s", _(fault)),
			 errhint("%s", _(hint))));
}

/* Walk over a geometry, and check all but the vertices themselves. */
static uint32
VisitGeometry(const bytea *ewkb, PkintVertexVisitor visitor, void *arg,
			  int *vertices)
{
	Walk		w = {0};
	uint32		type = 0;
	const char *fault;

	w.at = (const uint8 *) VARDATA_ANY(ewkb);
	w.left = VARSIZE_ANY_EXHDR(ewkb);
	w.visitor = visitor;
	w.arg = arg;
	fault = WalkGeometry(&w, 0, &type);
	if (fault)
		PlaceFault(fault, gettext_noop("Give a flat geometry; ST_Force2D() takes a height away."));
	if (w.left > 0)
		PlaceFault(gettext_noop("there are bytes after its end"),
				   gettext_noop("Give the geometry as ST_AsEWKB() writes it."));
	if (w.srid != 0 && w.srid != WGS84_SRID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot use this geometry as a place: its spatial reference system is %u, not 4326",
						w.srid),
				 errhint("Transform it with ST_Transform(place, 4326).")));
	if (w.vertices == 0)
		PlaceFault(gettext_noop("it is empty"),
				   gettext_noop("A place that is not known is NULL."));
	*vertices = w.vertices;
	return type;
}

/* Keep the last vertex. */
static const char *
KeepVertex(double lon, double lat, void *arg)
{
	((double *) arg)[0] = lon;
	((double *) arg)[1] = lat;
	return NULL;
}

/* Longitude and latitude of a point; anything else is an error. */
void
pkint_ewkb_point(const bytea *ewkb, double *lon, double *lat)
{
	double		at[2] = {0.0, 0.0};
	int			vertices;
	uint32		type = VisitGeometry(ewkb, KeepVertex, at, &vertices);

	if (type != WKB_POINT)
		PlaceFault(gettext_noop("it is not a point"),
				   gettext_noop("For a line or a polygon call footprint(place, during), which takes the smallest disc around it."));
	*lon = at[0];
	*lat = at[1];
}

/* Call a function for every vertex of a geometry; returns their number. */
int
pkint_ewkb_visit(const bytea *ewkb, PkintVertexVisitor visitor, void *arg)
{
	int			vertices;

	VisitGeometry(ewkb, visitor, arg, &vertices);
	return vertices;
}

/* Head of an EWKB of ours: native byte order, SRID 4326. */
static uint8 *
PutHead(uint8 *at, uint32 type)
{
	uint32		srid = WGS84_SRID;

#ifdef WORDS_BIGENDIAN
	*at++ = 0;
#else
	*at++ = 1;
#endif
	type |= EWKB_SRID;
	memcpy(at, &type, 4);
	memcpy(at + 4, &srid, 4);
	return at + 8;
}

/* A point for PostGIS. */
bytea *
pkint_ewkb_from_point(double lon, double lat)
{
	bytea	   *result = palloc(VARHDRSZ + 9 + 16);
	uint8	   *at = PutHead((uint8 *) VARDATA(result), WKB_POINT);

	SET_VARSIZE(result, VARHDRSZ + 9 + 16);
	memcpy(at, &lon, 8);
	memcpy(at + 8, &lat, 8);
	return result;
}

/* A polygon of one closed ring for PostGIS. */
bytea *
pkint_ewkb_polygon(const PkintLonLat *v, int n)
{
	size_t		size = VARHDRSZ + 9 + 8 + n * sizeof(PkintLonLat);
	bytea	   *result = palloc(size);
	uint8	   *at = PutHead((uint8 *) VARDATA(result), WKB_POLYGON);
	uint32		counts[2] = {1, (uint32) n};

	SET_VARSIZE(result, size);
	memcpy(at, counts, sizeof(counts));
	memcpy(at + sizeof(counts), v, n * sizeof(PkintLonLat));
	return result;
}
