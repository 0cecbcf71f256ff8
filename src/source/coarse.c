/*
 * coarse.c
 *	  A place that repeated questions cannot sharpen (T33).
 *
 * The earth is cut into rows of cells whose origin is moved by an amount that
 * only the key tells, for each size of cell.  The answer for a point is the
 * middle of its cell, moved by another keyed amount of at most a quarter of
 * the cell: the same for every point of the cell, every asker and every layer,
 * so that neither averaging nor jitter tells more than the cell itself.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/float.h"
#include "catalog/pg_type.h"

#include "src/keys/keys.h"
#include "src/source/coarse.h"
#include "src/source/source.h"

#define METRES_A_DEGREE 111320.0
#define SMALLEST_CELL 100.0
#define LARGEST_CELL 500000.0

PG_FUNCTION_INFO_V1(pkint_approximate_lonlat);
PG_FUNCTION_INFO_V1(pkint_approximate_radius);

/* A fraction from 0 to 1 out of four bytes of a hash. */
static double
Fraction(const uint8 *bytes)
{
	uint32		n;

	memcpy(&n, bytes, sizeof(n));
	return pg_ntoh32(n) / 4294967296.0;
}

/* A keyed hash over the size of the cell and two numbers. */
static void
CellHash(const PkintHmacKey *key, double cell, int64 row, int64 column, char what,
		 uint8 hash[PKINT_HASH_BYTES])
{
	uint8		msg[25];
	uint64		parts[3];

	memcpy(&parts[0], &cell, sizeof(cell));
	parts[0] = pg_hton64(parts[0]);
	parts[1] = pg_hton64((uint64) row);
	parts[2] = pg_hton64((uint64) column);
	memcpy(msg, parts, sizeof(parts));
	msg[24] = (uint8) what;
	pkint_hmac(key, msg, sizeof(msg), hash);
}

/* Bring a longitude into -180 to 180. */
static double
WrapLongitude(double lon)
{
	while (lon >= 180.0)
		lon -= 360.0;
	while (lon < -180.0)
		lon += 360.0;
	return lon;
}

/* The coarse place of a point, in degrees. */
static void
Approximate(const PkintHmacKey *key, double cell, double *lon, double *lat)
{
	uint8		hash[PKINT_HASH_BYTES];
	double		height = cell / METRES_A_DEGREE;
	double		width;
	double		middle;
	int64		row;
	int64		column;
	int64		columns;

	/* rows: their origin is moved by a part of one row */
	CellHash(key, cell, 0, 0, 'r', hash);
	row = (int64) floor((*lat + 90.0) / height + Fraction(hash));
	middle = (row - Fraction(hash) + 0.5) * height - 90.0;
	middle = Min(Max(middle, -90.0 + height / 2), 90.0 - height / 2);
	/* a whole number of columns in each row, of its own origin */
	columns = Max((int64) floor(360.0 / (height / cos(middle * M_PI / 180.0))), 1);
	width = 360.0 / columns;
	CellHash(key, cell, row, 0, 'c', hash);
	column = (int64) floor((WrapLongitude(*lon) + 180.0) / width + Fraction(hash));
	column %= columns;
	*lon = (column - Fraction(hash) + 0.5) * width - 180.0;
	/* and the middle moved by up to a quarter either way */
	CellHash(key, cell, row, column, 'o', hash);
	*lon = WrapLongitude(*lon + (Fraction(hash) - 0.5) * width / 2);
	CellHash(key, cell, row, column, 'a', hash);
	*lat = Min(Max(middle + (Fraction(hash) - 0.5) * height / 2, -90.0), 90.0);
}

/* Refuse sizes that protect nobody, or tell nothing. */
static void
CheckCell(double cell)
{
	if (!(cell >= SMALLEST_CELL && cell <= LARGEST_CELL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a cell is between 100 metres and 500 kilometres wide"),
				 errhint("A few kilometres hide a village, ten to thirty a person in open country.")));
}

/* Make a place coarse, in degrees, under the mission's key. */
void
pkint_coarsen(double cell, double *lon, double *lat)
{
	uint8		secret[PKINT_KEY_BYTES];
	PkintHmacKey key;

	CheckCell(cell);
	pkint_derive_key("place", "", 0, secret);
	pkint_hmac_key(&key, secret, sizeof(secret));
	Approximate(&key, cell, lon, lat);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(&key, sizeof(key));
}

/*
 * How far the truth may be from a coarse place: half a cell and a quarter, both
 * ways, and a little for the roundness of the earth.
 */
double
pkint_coarse_radius(double cell)
{
	return ceil(cell * 0.75 * M_SQRT2 * 1.15);
}

/* approximate_lonlat(lon, lat, cell_m) returns {lon, lat}. */
Datum
pkint_approximate_lonlat(PG_FUNCTION_ARGS)
{
	double		lon = PG_GETARG_FLOAT8(0);
	double		lat = PG_GETARG_FLOAT8(1);
	double		cell = PG_GETARG_FLOAT8(2);
	Datum		result[2];

	CheckCell(cell);
	if (isnan(lon) || isnan(lat) || fabs(lat) > 90.0 || fabs(lon) > 540.0)
		PG_RETURN_NULL();
	pkint_coarsen(cell, &lon, &lat);
	result[0] = Float8GetDatum(lon);
	result[1] = Float8GetDatum(lat);
	PG_RETURN_ARRAYTYPE_P(construct_array(result, 2, FLOAT8OID, sizeof(float8),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* approximate_radius_m(cell_m): within it the true point lies, seen from the coarse one. */
Datum
pkint_approximate_radius(PG_FUNCTION_ARGS)
{
	double		cell = PG_GETARG_FLOAT8(0);

	CheckCell(cell);
	PG_RETURN_FLOAT8(pkint_coarse_radius(cell));
}
