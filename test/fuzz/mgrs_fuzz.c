/*
 * mgrs_fuzz.c
 *	  Fuzz target: grid references as text, and places to be written as such.
 *
 * sources: src/incident/mgrs.c
 *
 * An input that begins with the byte P is a place: two doubles and the number of
 * digit pairs.  Anything else is text.  What is accepted lies on the earth, in a
 * cell of its stated size, and names that cell again when it is written anew.
 */
#include "test/fuzz/promise.h"

#include "src/incident/mgrs.h"

#include <math.h>

static bool
OnEarth(PkintLonLat p)
{
	return isfinite(p.lon) && isfinite(p.lat) && fabs(p.lat) <= 90.0 && fabs(p.lon) <= 180.0;
}

/* Metres between two places, on a sphere: within half a per cent. */
static double
Apart(PkintLonLat a, PkintLonLat b)
{
	double		x = M_PI / 180;
	double		h = pow(sin((a.lat - b.lat) * x / 2), 2) +
		cos(a.lat * x) * cos(b.lat * x) * pow(sin((a.lon - b.lon) * x / 2), 2);

	return 2 * 6371009.0 * asin(sqrt(h < 1.0 ? h : 1.0));
}

/* The outline of a cell: closed, on the earth, as far from the middle as was said. */
static void
TryRing(const PkintMgrs *ref, const char *text)
{
	PkintRing  *ring = malloc(sizeof(PkintRing));

	pkint_mgrs_ring(ref, ring);
	Promise(ring->n >= 4 && ring->n <= PKINT_MGRS_RING, "an outline has some vertices", text);
	for (int i = 0; i < ring->n; i++)
		Promise(OnEarth(ring->v[i]), "an outline lies on the earth", text);
	Promise(memcmp(&ring->v[0], &ring->v[ring->n - 1], sizeof(PkintLonLat)) == 0, "an outline is closed", text);
	free(ring);
}

static void
TryText(const uint8_t *data, size_t size)
{
	char	   *text = AsText(data, size);
	char		again[PKINT_MGRS_SIZE];
	PkintMgrs	ref;
	PkintMgrs	other;
	PkintLonLat centre;
	int			where = -1;
	const char *fault = pkint_mgrs_parse(text, &ref, &where);

	if (fault != NULL)
	{
		Promise(fault[0] != '\0' && where >= -1 && where <= (int) strlen(text), "a fault lies within the text", text);
		free(text);
		return;
	}
	Promise(ref.zone >= 0 && ref.zone <= 60 && ref.digits >= -1 && ref.digits <= 5, "its parts are in range", text);
	centre = pkint_mgrs_centre(&ref);
	Promise(OnEarth(centre), "its middle lies on the earth", text);
	Promise(ref.digits < 0 || (isfinite(pkint_mgrs_reach(&ref)) && pkint_mgrs_reach(&ref) > 0), "a cell reaches somewhere", text);
	TryRing(&ref, text);
	if (ref.digits >= 0)
	{
		Promise(pkint_mgrs_format(centre.lon < 180.0 ? centre.lon : -180.0, centre.lat, ref.digits, again), "its middle has a reference", text);
		Promise(pkint_mgrs_parse(again, &other, &where) == NULL, "which is accepted", again);
		Promise(Apart(centre, pkint_mgrs_centre(&other)) <= 1.5 * ref.size + 1.0, "and lies where it lay", text);
	}
	free(text);
}

static void
TryPlace(const uint8_t *data, size_t size)
{
	char		text[PKINT_MGRS_SIZE];
	char		place[80];
	PkintLonLat at;
	PkintMgrs	ref;
	int			where;
	int			digits;

	if (size < 17)
		return;
	memcpy(&at.lon, data, 8);
	memcpy(&at.lat, data + 8, 8);
	digits = data[16] % 6;
	snprintf(place, sizeof(place), "%.17g %.17g", at.lon, at.lat);
	if (!pkint_mgrs_format(at.lon, at.lat, digits, text))
	{
		Promise(!(isfinite(at.lon) && at.lon >= -180.0 && at.lon < 180.0 && fabs(at.lat) <= 90.0), "every place has a reference", place);
		return;
	}
	Promise(strlen(text) < PKINT_MGRS_SIZE, "a reference fits", place);
	Promise(pkint_mgrs_parse(text, &ref, &where) == NULL, "what is written is accepted", place);
	Promise(ref.digits == digits, "with its digits", text);
	Promise(Apart(at, pkint_mgrs_centre(&ref)) <= pkint_mgrs_reach(&ref) * 1.01 + 1.0, "the place lies within its cell", place);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 'P' && size >= 18)
		TryPlace(data + 1, size - 1);
	else
		TryText(data, size);
	return 0;
}
