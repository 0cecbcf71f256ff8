/*
 * ewkb_fuzz.c
 *	  Fuzz target: geometries as bytes, as anybody may send them.
 *
 * sources: src/incident/ewkb.c
 * flags: server
 *
 * Every length in them may lie.  What is accepted has at least one vertex, no
 * more of them than bytes can hold, and a point that is written anew is the same.
 */
#include "test/fuzz/server.h"

#include "src/incident/ewkb.h"

#include <math.h>

static int	seen;

static void
Promise(bool kept, const char *what)
{
	if (kept)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

/* Counts vertices; refuses those that are nowhere. */
static const char *
Count(double lon, double lat, void *arg)
{
	Promise(arg == &seen, "the argument comes through");
	seen++;
	return isfinite(lon) && isfinite(lat) ? NULL : "it is nowhere";
}

/* A point that was accepted: written and read again. */
static void
TryPoint(const bytea *ewkb)
{
	double		lon;
	double		lat;
	double		lon2;
	double		lat2;
	bytea	   *again;

	if (setjmp(raised) != 0)
	{
		Promise(raised_code != 0 && raised_messages > 0, "an error has a code and a message");
		return;
	}
	pkint_ewkb_point(ewkb, &lon, &lat);
	again = pkint_ewkb_from_point(lon, lat);
	pkint_ewkb_point(again, &lon2, &lat2);
	Promise(memcmp(&lon, &lon2, sizeof(lon)) == 0 && memcmp(&lat, &lat2, sizeof(lat)) == 0, "a point is the same again");
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bytea	   *ewkb = malloc(VARHDRSZ + size);

	SET_VARSIZE(ewkb, VARHDRSZ + size);
	memcpy(VARDATA(ewkb), data, size);
	TryPoint(ewkb);
	seen = 0;
	if (setjmp(raised) == 0)
	{
		int			n = pkint_ewkb_visit(ewkb, Count, &seen);

		Promise(n == seen && n > 0, "every vertex is visited once");
		Promise((size_t) n * 16 <= size, "no more vertices than bytes can hold");
	}
	else
		Promise(raised_code != 0 && raised_messages > 0, "an error has a code and a message");
	free(ewkb);
	return 0;
}
