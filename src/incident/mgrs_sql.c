/*
 * mgrs_sql.c
 *	  Grid references as SQL sees them.
 */
#include "src/core/compat.h"
#include "src/incident/mgrs_sql.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "src/incident/ewkb.h"
#include "src/incident/footprint.h"
#include "src/incident/geodesy.h"

PG_FUNCTION_INFO_V1(pkint_mgrs_ewkb);
PG_FUNCTION_INFO_V1(pkint_mgrs_footprint);
PG_FUNCTION_INFO_V1(pkint_mgrs_cell_ewkb);
PG_FUNCTION_INFO_V1(pkint_mgrs_corner_ewkb);

/* The error for a text that is no grid reference, with the place of the fault. */
void
pkint_mgrs_error(const char *str, const char *fault, int where)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid grid reference \"%s\"", str),
			 errdetail("At character %d: %s.", where + 1, _(fault)),
			 errhint("A reference is a zone and band, two letters and up to five pairs of digits, for example 33NWD 96 67.")));
}

/* Read a reference, or raise an error. */
static void
ParseArgument(const text *t, PkintMgrs *ref)
{
	char	   *str = text_to_cstring(t);
	int			where = 0;
	const char *fault = pkint_mgrs_parse(str, ref, &where);

	if (fault)
		pkint_mgrs_error(str, fault, where);
	pfree(str);
}

/* Write the reference of a valid place as text, or raise an error. */
static text *
FormatPlace(double lon, double lat, int digits)
{
	char		out[PKINT_MGRS_SIZE];

	if (digits < 0 || digits > 5)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a grid reference cannot have %d digit pairs", digits),
				 errhint("Ask for 0 (a square of 100 km) to 5 (a square of 1 m).")));
	if (!pkint_mgrs_format(lon, lat, digits, out))
		elog(ERROR, "no grid reference for longitude %g, latitude %g", lon, lat);
	return cstring_to_text(out);
}

/* mgrs_ewkb(place bytea, digits): reference of a point as PostGIS writes it */
Datum
pkint_mgrs_ewkb(PG_FUNCTION_ARGS)
{
	double		lon;
	double		lat;
	PkintFootprint *f;

	pkint_ewkb_point(PG_GETARG_BYTEA_PP(0), &lon, &lat);
	/* checks the bounds and brings the longitude to [-180, 180) */
	f = pkint_footprint_make(lon, lat, 0.0, DT_NOBEGIN, DT_NOEND, 0, 0);
	PG_RETURN_TEXT_P(FormatPlace(f->lon, f->lat, PG_GETARG_INT32(1)));
}

/* mgrs(footprint, digits): reference of the middle of a footprint */
Datum
pkint_mgrs_footprint(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);

	PG_RETURN_TEXT_P(FormatPlace(f->lon, f->lat, PG_GETARG_INT32(1)));
}

/* mgrs_cell_ewkb(text): outline of the cell, for PostGIS */
Datum
pkint_mgrs_cell_ewkb(PG_FUNCTION_ARGS)
{
	PkintMgrs	ref;
	PkintRing  *ring = palloc(sizeof(PkintRing));

	ParseArgument(PG_GETARG_TEXT_PP(0), &ref);
	pkint_mgrs_ring(&ref, ring);
	PG_RETURN_BYTEA_P(pkint_ewkb_polygon(ring->v, ring->n));
}

/* mgrs_corner_ewkb(text): south-west corner of the cell, for PostGIS */
Datum
pkint_mgrs_corner_ewkb(PG_FUNCTION_ARGS)
{
	PkintMgrs	ref;
	PkintRing  *ring = palloc(sizeof(PkintRing));

	ParseArgument(PG_GETARG_TEXT_PP(0), &ref);
	pkint_mgrs_ring(&ref, ring);
	PG_RETURN_BYTEA_P(pkint_ewkb_from_point(ring->v[0].lon, ring->v[0].lat));
}

/*
 * The greatest distance from a place to some of the vertices of a cell, by the
 * upper bound over the chord: at 100 km it exceeds the geodesic by centimetres.
 */
static double
FarthestVertex(double lon, double lat, const PkintLonLat *v, int n)
{
	double		centre[3];
	double		square = 0.0;

	pkint_earth_centred(lon, lat, centre);
	for (int i = 0; i < n; i++)
	{
		double		xyz[3];
		double		sum = 0.0;

		pkint_earth_centred(v[i].lon, v[i].lat, xyz);
		for (int k = 0; k < 3; k++)
			sum += (xyz[k] - centre[k]) * (xyz[k] - centre[k]);
		square = Max(square, sum);
	}
	return pkint_upper_geodesic(sqrt(square));
}

/*
 * The disc around the cell: its middle, and how far its corners are at most; of a
 * whole grid zone the outline is measured.
 */
void
pkint_mgrs_disc(const PkintMgrs *ref, double *lon, double *lat, double *radius)
{
	PkintLonLat centre = pkint_mgrs_centre(ref);

	*lon = centre.lon;
	*lat = centre.lat;
	if (ref->digits >= 0)
		*radius = pkint_mgrs_reach(ref);
	else
	{
		PkintRing  *ring = palloc(sizeof(PkintRing));

		pkint_mgrs_ring(ref, ring);
		*radius = FarthestVertex(*lon, *lat, ring->v, ring->n);
		pfree(ring);
	}
	/* up to whole micrometres, so that the corners are surely within */
	*radius = ceil(*radius * 1e6 + 1.0) / 1e6;
}

/* The kind of place that a reference tells of. */
int
pkint_mgrs_place_kind(const PkintMgrs *ref)
{
	return ref->digits < 0 ? PKINT_PLACE_GRIDZONE :
		PKINT_PLACE_MGRS0 + ref->digits;
}
