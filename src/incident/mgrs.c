/*
 * mgrs.c
 *	  Military grid references, both ways, on WGS 84.
 *
 * Transverse Mercator after Krueger to the sixth order in the third flattening
 * (errors of nanometres inside a zone), polar stereographic beyond latitudes 84
 * and -80.  The letters, the exceptions of Norway and Svalbard and the bands
 * are those of NGA.STND.0037; the series those of Krueger (1912) as extended by
 * Kawase (2011) and Karney (2011).
 *
 * A reference names a cell: coordinates are cut off, never rounded, so that the
 * cell with fewer digits always holds the cell with more.
 */
#include "src/incident/mgrs.h"

#include "src/core/words.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define SEMI_MAJOR 6378137.0
#define FLATTENING (1.0 / 298.257223563)
#define E2 (FLATTENING * (2.0 - FLATTENING))
#define DEGREE (3.14159265358979323846 / 180.0)

/* third flattening and its powers */
#define N1 (FLATTENING / (2.0 - FLATTENING))
#define N2 (N1 * N1)
#define N3 (N2 * N1)
#define N4 (N2 * N2)
#define N5 (N4 * N1)
#define N6 (N3 * N3)

#define UTM_SCALE 0.9996
#define UTM_FALSE_EASTING 500000.0
#define UPS_SCALE 0.994
#define UPS_FALSE 2000000.0
/* the largest radius of curvature of the ellipsoid, that at the poles */
#define LARGEST_RADIUS 6399593.6258
#define SQUARE 100000.0			/* side of a lettered square */

/* meridian radius: a quarter meridian over half pi */
#define RECTIFYING \
	(SEMI_MAJOR / (1.0 + N1) * (1.0 + N2 / 4 + N4 / 64 + N6 / 256))

static const double alpha[6] = {
	N1 / 2 - N2 * 2 / 3 + N3 * 5 / 16 + N4 * 41 / 180 - N5 * 127 / 288 +
	N6 * 7891 / 37800,
	N2 * 13 / 48 - N3 * 3 / 5 + N4 * 557 / 1440 + N5 * 281 / 630 -
	N6 * 1983433 / 1935360,
	N3 * 61 / 240 - N4 * 103 / 140 + N5 * 15061 / 26880 +
	N6 * 167603 / 181440,
	N4 * 49561 / 161280 - N5 * 179 / 168 + N6 * 6601661 / 7257600,
	N5 * 34729 / 80640 - N6 * 3418889 / 1995840,
	N6 * 212378941 / 319334400
};

static const double beta[6] = {
	N1 / 2 - N2 * 2 / 3 + N3 * 37 / 96 - N4 / 360 - N5 * 81 / 512 +
	N6 * 96199 / 604800,
	N2 / 48 + N3 / 15 - N4 * 437 / 1440 + N5 * 46 / 105 -
	N6 * 1118711 / 3870720,
	N3 * 17 / 480 - N4 * 37 / 840 - N5 * 209 / 4480 + N6 * 5569 / 90720,
	N4 * 4397 / 161280 - N5 * 11 / 504 - N6 * 830251 / 7257600,
	N5 * 4583 / 161280 - N6 * 108847 / 3991680,
	N6 * 20648693 / 638668800
};

static const char band_letters[] = "CDEFGHJKLMNPQRSTUVWX";
static const char row_letters[] = "ABCDEFGHJKLMNPQRSTUV";
static const char *const column_letters[3] = {
	"ABCDEFGH", "JKLMNPQR", "STUVWXYZ"
};

/* UPS: A, B, Y, Z; the squares that the first letters stand for */
static const char ups_bands[] = "ABYZ";
static const char *const ups_columns[4] = {
	"JKLPQRSTUXYZ", "ABCFGHJKLPQR", "RSTUXYZ", "ABCFGHJ"
};
static const int ups_first_column[4] = {8, 20, 13, 20};
static const char *const ups_rows[2] = {
	"ABCDEFGHJKLMNPQRSTUVWXYZ", "ABCDEFGHJKLMNP"
};
static const int ups_first_row[2] = {8, 13};

static const double power10[6] = {1e5, 1e4, 1e3, 1e2, 1e1, 1e0};

/* Sine and cosine of an angle in degrees, exact at multiples of 90. */
static void
SinCosDegrees(double degrees, double *sine, double *cosine)
{
	int			quadrant = 0;
	double		r = remquo(degrees, 90.0, &quadrant) * DEGREE;
	double		s = sin(r);
	double		c = cos(r);

	switch ((unsigned int) quadrant & 3U)
	{
		case 0U:
			*sine = s;
			*cosine = c;
			break;
		case 1U:
			*sine = c;
			*cosine = -s;
			break;
		case 2U:
			*sine = -s;
			*cosine = -c;
			break;
		default:
			*sine = -c;
			*cosine = s;
			break;
	}
	/* no negative zero: it would fall on the wrong side of a grid line */
	*sine += 0.0;
	*cosine += 0.0;
}

/* Tangent of the conformal latitude from sine and cosine of the geographic. */
static double
ConformalTangent(double sine, double cosine)
{
	double		e = sqrt(E2);
	double		sigma = sinh(e * atanh(e * sine));

	return (sine * sqrt(1.0 + sigma * sigma) - sigma) / cosine;
}

/* Tangent of the geographic latitude from that of the conformal: Newton. */
static double
GeographicTangent(double conformal)
{
	double		e = sqrt(E2);
	double		tau = conformal / (1.0 - E2);

	if (fabs(tau) > 1e15)
		return tau;
	for (int i = 0; i < 6; i++)
	{
		double		h = sqrt(1.0 + tau * tau);
		double		sigma = sinh(e * atanh(e * tau / h));
		double		t = tau * sqrt(1.0 + sigma * sigma) - sigma * h;
		double		step = (conformal - t) / sqrt(1.0 + t * t) *
			(1.0 + (1.0 - E2) * tau * tau) / ((1.0 - E2) * h);

		tau += step;
		if (fabs(step) <= 1e-15 * fmax(1.0, fabs(tau)))
			break;
	}
	return tau;
}

/*
 * Sum of c[k] sin(2(k+1) z) for complex z, by Clenshaw.  Given are sine and
 * cosine of 2x, hyperbolic sine and cosine of 2y; the result is added.
 */
static void
AddSeries(const double *c, double sign, double s, double co,
		  double sh, double ch, double *x, double *y)
{
	double		ar = 2.0 * co * ch;
	double		ai = -2.0 * s * sh;
	double		y0r = 0.0;
	double		y0i = 0.0;
	double		y1r = 0.0;
	double		y1i = 0.0;

	for (int k = 5; k >= 0; k--)
	{
		double		tr = ar * y0r - ai * y0i - y1r + c[k];
		double		ti = ar * y0i + ai * y0r - y1i;

		y1r = y0r;
		y1i = y0i;
		y0r = tr;
		y0i = ti;
	}
	/* times sin(2z) */
	*x += sign * (s * ch * y0r - co * sh * y0i);
	*y += sign * (s * ch * y0i + co * sh * y0r);
}

/* Grid metres from latitude and degrees east of the central meridian. */
static void
UtmForward(double dlon, double lat, double *easting, double *northing)
{
	double		sphi;
	double		cphi;
	double		slam;
	double		clam;
	double		t;
	double		h;
	double		xi;
	double		eta;
	double		sxi;
	double		cxi;
	double		sheta;
	double		cheta;

	SinCosDegrees(lat, &sphi, &cphi);
	SinCosDegrees(dlon, &slam, &clam);
	t = ConformalTangent(sphi, cphi);
	h = sqrt(t * t + clam * clam);
	sxi = t / h;
	cxi = clam / h;
	sheta = slam / h;
	cheta = sqrt(1.0 + sheta * sheta);
	xi = atan2(t, clam);
	eta = asinh(sheta);
	AddSeries(alpha, 1.0, 2.0 * sxi * cxi, 1.0 - 2.0 * sxi * sxi,
			  2.0 * sheta * cheta, 1.0 + 2.0 * sheta * sheta, &xi, &eta);
	*easting = UTM_FALSE_EASTING + UTM_SCALE * RECTIFYING * eta;
	*northing = UTM_SCALE * RECTIFYING * xi;
}

/* Latitude and degrees east of the central meridian from grid metres. */
static void
UtmReverse(double easting, double northing, double *dlon, double *lat)
{
	double		xi0 = northing / (UTM_SCALE * RECTIFYING);
	double		eta0 = (easting - UTM_FALSE_EASTING) / (UTM_SCALE * RECTIFYING);
	double		xi = xi0;
	double		eta = eta0;
	double		sheta;
	double		t;

	AddSeries(beta, -1.0, sin(2.0 * xi0), cos(2.0 * xi0),
			  sinh(2.0 * eta0), cosh(2.0 * eta0), &xi, &eta);
	sheta = sinh(eta);
	t = sin(xi) / sqrt(sheta * sheta + cos(xi) * cos(xi));
	*lat = atan(GeographicTangent(t)) / DEGREE;
	*dlon = atan2(sheta, cos(xi)) / DEGREE;
}

/* Distance of the pole's image per unit of the conformal co-tangent. */
static double
UpsScale(void)
{
	double		e = sqrt(E2);

	return 2.0 * UPS_SCALE * SEMI_MAJOR /
		(sqrt(1.0 - E2) * exp(e * atanh(e)));
}

/* Polar grid metres from longitude and latitude. */
static void
UpsForward(double lon, double lat, double *easting, double *northing)
{
	double		slam;
	double		clam;
	double		rho = 0.0;

	if (fabs(lat) < 90.0)
	{
		double		sphi;
		double		cphi;
		double		t;

		SinCosDegrees(fabs(lat), &sphi, &cphi);
		t = ConformalTangent(sphi, cphi);
		rho = UpsScale() / (sqrt(1.0 + t * t) + t);
	}
	SinCosDegrees(lon, &slam, &clam);
	*easting = UPS_FALSE + rho * slam;
	*northing = UPS_FALSE + (lat > 0.0 ? -rho * clam : rho * clam);
}

/* Longitude and latitude from polar grid metres. */
static void
UpsReverse(bool north, double easting, double northing, double *lon, double *lat)
{
	double		x = easting - UPS_FALSE;
	double		y = northing - UPS_FALSE;
	double		rho = sqrt(x * x + y * y);

	if (rho == 0.0)
	{
		*lon = 0.0;
		*lat = north ? 90.0 : -90.0;
		return;
	}
	else
	{
		double		t = rho / UpsScale();
		double		phi = atan(GeographicTangent((1.0 / t - t) / 2.0)) / DEGREE;

		*lat = north ? phi : -phi;
		*lon = atan2(x, north ? -y : y) / DEGREE;
	}
}

/* Which zone a place lies in, with the exceptions of Norway and Svalbard. */
static int
ZoneOf(double lon, double lat)
{
	int			zone = (int) floor((lon + 180.0) / 6.0) + 1;

	if (zone > 60)
		zone = 60;
	if (lat >= 56.0 && lat < 64.0 && zone == 31 && lon >= 3.0)
		return 32;
	if (lat >= 72.0 && lon >= 0.0 && lon < 42.0)
		return lon < 9.0 ? 31 : lon < 21.0 ? 33 : lon < 33.0 ? 35 : 37;
	return zone;
}

static double
CentralMeridian(int zone)
{
	return zone * 6.0 - 183.0;
}

/*
 * Bounds of a grid zone, in degrees east of its central meridian.  Returns
 * false where there is no such zone (32X, 34X, 36X).
 */
static bool
ZoneBounds(int zone, char band, double *west, double *east,
		   double *south, double *north)
{
	int			i = (int) (strchr(band_letters, band) - band_letters);

	*west = -3.0;
	*east = 3.0;
	*south = -80.0 + 8.0 * i;
	*north = band == 'X' ? 84.0 : *south + 8.0;
	if (band == 'V' && zone == 31)
		*east = 0.0;
	else if (band == 'V' && zone == 32)
		*west = -6.0;
	else if (band == 'X' && zone >= 31 && zone <= 37)
	{
		if (zone % 2 == 0)
			return false;
		if (zone != 31)
			*west = -6.0;
		if (zone != 37)
			*east = 6.0;
	}
	return true;
}

/* Write a number with leading zeros; returns the end. */
static char *
PutDigits(char *out, long value, int width)
{
	for (int i = width - 1; i >= 0; i--)
	{
		out[i] = (char) ('0' + value % 10);
		value /= 10;
	}
	return out + width;
}

/*
 * The reference of a place.  Longitude in [-180, 180), latitude in [-90, 90];
 * digits from 0 (the lettered square, 100 km) to 5 (1 m).  "out" takes
 * PKINT_MGRS_SIZE bytes.  Returns false for arguments out of bounds.
 */
bool
pkint_mgrs_format(double lon, double lat, int digits, char *out)
{
	double		x;
	double		y;
	long		ix;
	long		iy;
	int			column;
	int			row;

	if (!(lat >= -90.0 && lat <= 90.0) || !(lon >= -180.0 && lon < 180.0) ||
		digits < 0 || digits > 5)
		return false;
	if (lat >= -80.0 && lat < 84.0)
	{
		int			zone = ZoneOf(lon, lat);
		int			band = (int) floor((lat + 80.0) / 8.0);

		if (band > 19)
			band = 19;
		UtmForward(lon - CentralMeridian(zone), lat, &x, &y);
		/* a hair off the equator band and row must not contradict each other */
		if (band == 9 || band == 10)
			band = y < 0.0 ? 9 : 10;
		ix = (long) floor(x);
		iy = (long) floor(y) + 10000000L;	/* a whole number of row cycles */
		column = (int) (ix / 100000L);
		row = (int) (iy / 100000L) + (zone % 2 == 0 ? 5 : 0);
		out = PutDigits(out, zone, 2);
		*out++ = band_letters[band];
		*out++ = column_letters[(zone - 1) % 3][(column - 1) & 7];
		*out++ = row_letters[row % 20];
	}
	else
	{
		int			pole = lat > 0.0 ? 1 : 0;
		int			part;

		UpsForward(lon, lat, &x, &y);
		ix = (long) floor(x);
		iy = (long) floor(y);
		part = 2 * pole + (ix >= 2000000L ? 1 : 0);
		column = (int) (ix / 100000L) - ups_first_column[part];
		row = (int) (iy / 100000L) - ups_first_row[pole];
		if (column < 0 || column >= (int) strlen(ups_columns[part]) ||
			row < 0 || row >= (int) strlen(ups_rows[pole]))
			return false;
		*out++ = ups_bands[part];
		*out++ = ups_columns[part][column];
		*out++ = ups_rows[pole][row];
	}
	if (digits > 0)
	{
		long		unit = (long) power10[digits];

		out = PutDigits(out, ix % 100000L / unit, digits);
		out = PutDigits(out, iy % 100000L / unit, digits);
	}
	*out = '\0';
	return true;
}

/* A reader over the text that passes over blanks and folds case. */
typedef struct Reader
{
	const char *text;
	int			at;
} Reader;

/* The next character that is not blank, in upper case, without taking it. */
static char
Peek(Reader *r)
{
	char		c;

	while ((c = r->text[r->at]) == ' ' || c == '\t' || c == '\n' || c == '\r')
		r->at++;
	return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
}

static bool
IsDigit(char c)
{
	return c >= '0' && c <= '9';
}

/* Index of a letter in an alphabet, or -1. */
static int
LetterIndex(const char *letters, char c)
{
	const char *found = c == '\0' ? NULL : strchr(letters, c);

	return found ? (int) (found - letters) : -1;
}

/* Does the lettered square reach into its band?  Sides count as outside. */
static bool
SquareInBand(double x, double y, double south, double north)
{
	double		low = 90.0;
	double		high = -90.0;

	for (int i = 0; i < 4; i++)
	{
		double		dlon;
		double		lat;

		UtmReverse(x + (i & 1) * SQUARE, y + (i >> 1) * SQUARE, &dlon, &lat);
		low = fmin(low, lat);
		high = fmax(high, lat);
	}
	return low < north - 1e-9 && high > south + 1e-9;
}

/* The row's place north of the equator: rows repeat every 2,000 km. */
static bool
FindRow(PkintMgrs *ref, int row)
{
	double		west;
	double		east;
	double		south;
	double		north;

	ZoneBounds(ref->zone, ref->band, &west, &east, &south, &north);
	for (int cycle = -5; cycle < 5; cycle++)
	{
		double		y = (row + 20 * cycle) * SQUARE;
		double		about = (y + SQUARE / 2) / 111000.0;

		/* 111 km a degree is right within two degrees everywhere */
		if (about < south - 4.0 || about > north + 4.0)
			continue;
		if ((about > south + 3.0 && about < north - 3.0) ||
			SquareInBand(ref->easting, y, south, north))
		{
			ref->northing = y;
			return true;
		}
	}
	return false;
}

/* Letters of the 100 km square of a UTM zone. */
static const char *
ParseUtmSquare(Reader *r, PkintMgrs *ref)
{
	int			column = LetterIndex(column_letters[(ref->zone - 1) % 3], Peek(r));
	int			row;

	if (column < 0)
		return gettext_noop("the letter of the column is not used in this zone");
	r->at++;
	row = LetterIndex(row_letters, Peek(r));
	if (row < 0)
		return gettext_noop("the letter of the row must be one of A to V without I and O");
	ref->easting = (column + 1) * SQUARE;
	if (!FindRow(ref, (row + (ref->zone % 2 == 0 ? 15 : 0)) % 20))
		return gettext_noop("the row lies outside the latitude band");
	r->at++;
	return NULL;
}

/* Letters of the 100 km square of a polar zone. */
static const char *
ParseUpsSquare(Reader *r, PkintMgrs *ref)
{
	int			part = LetterIndex(ups_bands, ref->band);
	int			pole = part / 2;
	int			column = LetterIndex(ups_columns[part], Peek(r));
	int			row;
	double		lon;
	double		lat;
	double		x;
	double		y;

	if (column < 0)
		return gettext_noop("the letter of the column is not used in this polar zone");
	r->at++;
	row = LetterIndex(ups_rows[pole], Peek(r));
	if (row < 0)
		return gettext_noop("the letter of the row is not used in this polar zone");
	ref->easting = (column + ups_first_column[part]) * SQUARE;
	ref->northing = (row + ups_first_row[pole]) * SQUARE;

	/* the corner nearest to the pole must lie in the polar zone */
	x = ref->easting < UPS_FALSE ? ref->easting + SQUARE : ref->easting;
	y = ref->northing < UPS_FALSE ? ref->northing + SQUARE : ref->northing;
	UpsReverse(pole == 1, x, y, &lon, &lat);
	if (pole == 1 ? lat <= 84.0 : lat >= -80.0)
		return gettext_noop("the square lies outside the polar zone");
	r->at++;
	return NULL;
}

/* The digit pairs after the letters. */
static const char *
ParseDigits(Reader *r, PkintMgrs *ref)
{
	char		digit[11];
	int			n = 0;
	double		x = 0.0;
	double		y = 0.0;
	char		c;

	while (IsDigit(c = Peek(r)))
	{
		if (n == 10)
			return gettext_noop("there are more than five digit pairs");
		digit[n++] = c;
		r->at++;
	}
	if (c != '\0')
		return gettext_noop("this does not belong to a grid reference");
	if (n % 2 != 0)
		return gettext_noop("the number of digits is odd");
	ref->digits = n / 2;
	ref->size = power10[ref->digits];
	for (int i = 0; i < ref->digits; i++)
	{
		x = x * 10.0 + (digit[i] - '0');
		y = y * 10.0 + (digit[ref->digits + i] - '0');
	}
	ref->easting += x * ref->size;
	ref->northing += y * ref->size;
	return NULL;
}

/* Zone number and band letter. */
static const char *
ParseZone(Reader *r, PkintMgrs *ref)
{
	double		ignore;
	int			start;

	ref->zone = 0;
	Peek(r);
	start = r->at;
	for (int i = 0; i < 2 && IsDigit(Peek(r)); i++)
		ref->zone = ref->zone * 10 + (r->text[r->at++] - '0');
	if (r->at > start && (ref->zone < 1 || ref->zone > 60))
	{
		r->at = start;
		return gettext_noop("the zone must be a number from 1 to 60");
	}
	ref->band = Peek(r);
	if (ref->zone == 0 && LetterIndex(ups_bands, ref->band) < 0)
		return gettext_noop("a grid reference begins with a zone number, or with A, B, Y or Z at the poles");
	if (ref->zone > 0 && LetterIndex(band_letters, ref->band) < 0)
		return gettext_noop("the latitude band must be one of C to X without I and O");
	if (ref->zone > 0 && !ZoneBounds(ref->zone, ref->band, &ignore, &ignore,
									 &ignore, &ignore))
		return gettext_noop("there is no such grid zone: 32X, 34X and 36X do not exist");
	r->at++;
	return NULL;
}

/*
 * Take a reference apart.  Returns NULL, or what is wrong with it, and then
 * "where" is the offset of the fault in bytes.
 */
const char *
pkint_mgrs_parse(const char *text, PkintMgrs *ref, int *where)
{
	Reader		r = {text, 0};
	const char *fault = ParseZone(&r, ref);

	if (fault == NULL && Peek(&r) == '\0')
	{
		ref->digits = -1;
		ref->size = ref->easting = ref->northing = 0.0;
		return NULL;
	}
	if (fault == NULL)
		fault = ref->zone > 0 ? ParseUtmSquare(&r, ref) : ParseUpsSquare(&r, ref);
	if (fault == NULL)
		fault = ParseDigits(&r, ref);
	*where = r.at;
	return fault;
}

/* Longitude and latitude of a place in the grid that the reference is of. */
static PkintLonLat
FromGrid(const PkintMgrs *ref, double x, double y)
{
	PkintLonLat p;

	if (ref->zone > 0)
	{
		UtmReverse(x, y, &p.lon, &p.lat);
		p.lon += CentralMeridian(ref->zone);
	}
	else
		UpsReverse(ref->band == 'Y' || ref->band == 'Z', x, y, &p.lon, &p.lat);
	return p;
}

/* Bring a longitude back to [-180, 180); squares of the zones beside the date line reach across it. */
static double
WrapLongitude(double lon)
{
	return lon < -180.0 ? lon + 360.0 : lon >= 180.0 ? lon - 360.0 : lon;
}

/* The middle of the cell; of a grid zone, the middle of its bounds. */
PkintLonLat
pkint_mgrs_centre(const PkintMgrs *ref)
{
	PkintLonLat p;

	if (ref->digits >= 0)
	{
		p = FromGrid(ref, ref->easting + ref->size / 2,
					 ref->northing + ref->size / 2);
		p.lon = WrapLongitude(p.lon);
	}
	else if (ref->zone == 0)
	{
		p.lon = 0.0;
		p.lat = ref->band == 'Y' || ref->band == 'Z' ? 90.0 : -90.0;
	}
	else
	{
		double		west;
		double		east;
		double		south;
		double		north;

		ZoneBounds(ref->zone, ref->band, &west, &east, &south, &north);
		p.lon = CentralMeridian(ref->zone) + (west + east) / 2;
		p.lat = (south + north) / 2;
	}
	return p;
}

/* The least distance of a span from zero. */
static double
LeastOf(double from, double size)
{
	return from > 0.0 ? from : from + size < 0.0 ? -(from + size) : 0.0;
}

/*
 * How far the corners of a cell are from its middle at most: half the diagonal on
 * the grid over the least scale in the cell.  The scale of both projections grows
 * with the square of the distance from the central meridian or the pole; it is
 * taken a little low, which makes the reach a few millionths of itself too long.
 */
double
pkint_mgrs_reach(const PkintMgrs *ref)
{
	double		half = ref->size * M_SQRT1_2;
	double		x;
	double		y;

	if (ref->zone > 0)
	{
		x = LeastOf(ref->easting - UTM_FALSE_EASTING, ref->size) / LARGEST_RADIUS;
		return half / (UTM_SCALE * (1.0 + x * x / 2.0));
	}
	x = LeastOf(ref->easting - UPS_FALSE, ref->size) / LARGEST_RADIUS;
	y = LeastOf(ref->northing - UPS_FALSE, ref->size) / LARGEST_RADIUS;
	return half / (UPS_SCALE * (1.0 + 0.98 * (x * x + y * y) / 4.0));
}

static void
AddVertex(PkintRing *ring, double lon, double lat)
{
	if (ring->n < PKINT_MGRS_RING)
	{
		ring->v[ring->n].lon = lon;
		ring->v[ring->n].lat = lat;
		ring->n++;
	}
}

/* Cut a ring by one line of longitude or latitude (Sutherland, Hodgman). */
static void
CutRing(const PkintRing *in, PkintRing *out, bool by_lon, double limit,
		bool keep_above)
{
	out->n = 0;
	for (int i = 0; i < in->n; i++)
	{
		PkintLonLat a = in->v[i];
		PkintLonLat b = in->v[(i + 1) % in->n];
		double		va = by_lon ? a.lon : a.lat;
		double		vb = by_lon ? b.lon : b.lat;
		bool		ina = keep_above ? va >= limit : va <= limit;
		bool		inb = keep_above ? vb >= limit : vb <= limit;

		if (ina)
			AddVertex(out, a.lon, a.lat);
		if (ina != inb)
		{
			double		f = (limit - va) / (vb - va);

			AddVertex(out, by_lon ? limit : a.lon + f * (b.lon - a.lon),
					  by_lon ? a.lat + f * (b.lat - a.lat) : limit);
		}
	}
}

/* Steps along a side, so that its image differs little from the grid line. */
static int
StepsPerSide(const PkintMgrs *ref)
{
	return ref->size >= 1e5 ? 32 : ref->size >= 1e4 ? 8 : 1;
}

/* The outline of the cell in the grid, walked from the south-west corner. */
static void
GridRing(const PkintMgrs *ref, PkintRing *ring)
{
	static const int dx[5] = {0, 1, 1, 0, 0};
	static const int dy[5] = {0, 0, 1, 1, 0};
	int			steps = StepsPerSide(ref);

	ring->n = 0;
	for (int side = 0; side < 4; side++)
		for (int i = 0; i < steps; i++)
		{
			double		f = (double) i / steps;
			PkintLonLat p;

			p = FromGrid(ref,
						 ref->easting + ref->size *
						 (dx[side] + f * (dx[side + 1] - dx[side])),
						 ref->northing + ref->size *
						 (dy[side] + f * (dy[side + 1] - dy[side])));
			AddVertex(ring, p.lon, p.lat);
		}
}

/* Copy a ring so that it begins with its south-west corner. */
static void
StartSouthWest(const PkintRing *in, PkintRing *out)
{
	int			first = 0;

	for (int i = 1; i < in->n; i++)
		if (in->v[i].lon * cos(in->v[i].lat * DEGREE) + in->v[i].lat <
			in->v[first].lon * cos(in->v[first].lat * DEGREE) + in->v[first].lat)
			first = i;
	out->n = in->n;
	for (int i = 0; i < in->n; i++)
		out->v[i] = in->v[(first + i) % in->n];
}

/* Keep what lies in the grid zone, unless that is nothing. */
static void
ClipToZone(const PkintMgrs *ref, PkintRing *ring)
{
	double		middle = CentralMeridian(ref->zone);
	double		west;
	double		east;
	double		south;
	double		north;
	PkintRing	a;
	PkintRing	b;

	ZoneBounds(ref->zone, ref->band, &west, &east, &south, &north);
	CutRing(ring, &a, true, middle + west, true);
	CutRing(&a, &b, true, middle + east, false);
	CutRing(&b, &a, false, south, true);
	CutRing(&a, &b, false, north, false);
	if (b.n >= 3)
		StartSouthWest(&b, ring);
}

/*
 * Put in vertices where an edge is long, since an edge of a geography is a
 * geodesic and the sides of a grid zone are parallels.
 */
static void
Densify(PkintRing *ring, double longest)
{
	PkintRing	in = *ring;

	ring->n = 0;
	for (int i = 0; i < in.n; i++)
	{
		PkintLonLat a = in.v[i];
		PkintLonLat b = in.v[(i + 1) % in.n];
		double		length = fmax(fabs(b.lon - a.lon), fabs(b.lat - a.lat));
		int			steps = (int) ceil(length / longest);

		for (int k = 0; k < (steps > 1 ? steps : 1); k++)
		{
			double		f = steps > 1 ? (double) k / steps : 0.0;

			AddVertex(ring, a.lon + f * (b.lon - a.lon),
					  a.lat + f * (b.lat - a.lat));
		}
	}
}

/* Of many vertices at one pole, keep the first. */
static void
DropRepeatedPole(PkintRing *ring)
{
	int			n = 0;

	for (int i = 0; i < ring->n; i++)
		if (n == 0 || fabs(ring->v[i].lat) < 90.0 || fabs(ring->v[n - 1].lat) < 90.0)
			ring->v[n++] = ring->v[i];
	ring->n = n;
}

/* The outline of a whole grid zone; a polar one is half of a cap. */
static void
ZoneRing(const PkintMgrs *ref, PkintRing *ring)
{
	double		west;
	double		east;
	double		south;
	double		north;

	ring->n = 0;
	if (ref->zone > 0)
	{
		double		middle = CentralMeridian(ref->zone);

		ZoneBounds(ref->zone, ref->band, &west, &east, &south, &north);
		west += middle;
		east += middle;
	}
	else
	{
		west = ref->band == 'A' || ref->band == 'Y' ? -180.0 : 0.0;
		east = west + 180.0;
		south = ref->band == 'A' || ref->band == 'B' ? -90.0 : 84.0;
		north = ref->band == 'A' || ref->band == 'B' ? -80.0 : 90.0;
	}
	AddVertex(ring, west, south);
	AddVertex(ring, east, south);
	AddVertex(ring, east, north);
	AddVertex(ring, west, north);
	Densify(ring, 0.5);
	DropRepeatedPole(ring);
}

/* Bring longitudes back to [-180, 180], keeping the ring on one side. */
static void
WrapRing(PkintRing *ring)
{
	for (int i = 0; i < ring->n; i++)
	{
		if (ring->v[i].lon > 180.0)
			ring->v[i].lon -= 360.0;
		else if (ring->v[i].lon < -180.0)
			ring->v[i].lon += 360.0;
	}
}

/*
 * The outline of what the reference names, counter-clockwise and closed.  A
 * cell across the edge of its grid zone is clipped to the zone; one that lies
 * wholly beyond it (the square reaches into the zone, the cell does not) is
 * given whole.  Its first vertex is the south-west corner.
 */
void
pkint_mgrs_ring(const PkintMgrs *ref, PkintRing *ring)
{
	if (ref->digits < 0)
		ZoneRing(ref, ring);
	else
	{
		GridRing(ref, ring);
		if (ref->zone > 0)
		{
			int			n = ring->n;

			ClipToZone(ref, ring);
			if (ring->n != n)
				Densify(ring, ref->size / 1e5 * 0.03);
		}
	}
	WrapRing(ring);
	AddVertex(ring, ring->v[0].lon, ring->v[0].lat);
}
