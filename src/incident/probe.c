/*
 * probe.c
 *	  What nearest-first searches measure from: a footprint and a speed.
 *
 * The speed stands in the operand, so that the operator itself stays immutable
 * and an index can serve it.
 */
#include "src/incident/footprint_rel.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "src/core/compat.h"

PG_FUNCTION_INFO_V1(pkint_probe_in);
PG_FUNCTION_INFO_V1(pkint_probe_out);
PG_FUNCTION_INFO_V1(pkint_probe_recv);
PG_FUNCTION_INFO_V1(pkint_probe_send);
PG_FUNCTION_INFO_V1(pkint_probe);

extern Datum pkint_footprint_in(PG_FUNCTION_ARGS);
extern Datum pkint_footprint_out(PG_FUNCTION_ARGS);
extern Datum pkint_footprint_recv(PG_FUNCTION_ARGS);
extern Datum pkint_footprint_send(PG_FUNCTION_ARGS);

/* A new probe from valid parts, or an error. */
static PkintProbe *
MakeProbe(const PkintFootprint *f, double speed)
{
	PkintProbe *result;

	if (!(speed >= 0.0) || isinf(speed))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid probe: the speed must be a finite number that is not negative"),
				 errhint("Give the speed in km/h at which time is to count as distance; 0 leaves time out.")));
	result = palloc(sizeof(PkintProbe));
	result->footprint = *f;
	result->speed = speed + 0.0;
	return result;
}

/* probe(footprint, speed_kmh) */
Datum
pkint_probe(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(MakeProbe(PG_GETARG_FOOTPRINT_P(0), PG_GETARG_FLOAT8(1)));
}

/* Text is the footprint, @ and the speed: <(18 4),500,(,)> @ 20 */
Datum
pkint_probe_in(PG_FUNCTION_ARGS)
{
	char	   *str = pstrdup(PG_GETARG_CSTRING(0));
	char	   *at = strrchr(str, '@');
	char	   *end = NULL;
	double		speed = 0.0;
	Datum		footprint;

	if (at)
		speed = strtod(at + 1, &end);
	while (end && end > at + 1 && *end == ' ')
		end++;
	if (!at || !end || end == at + 1 || *end != '\0')
		pkint_ereturn(fcinfo, (Datum) 0,
					  (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					   errmsg("invalid input syntax for type %s: \"%s\"",
							  "pkint.probe", PG_GETARG_CSTRING(0)),
					   errhint("Write a footprint, @ and a speed in km/h, or call pkint.probe(footprint, speed).")));
	*at = '\0';
	footprint = DirectFunctionCall1(pkint_footprint_in, CStringGetDatum(str));
	PG_RETURN_POINTER(MakeProbe(DatumGetFootprintP(footprint), speed));
}

Datum
pkint_probe_out(PG_FUNCTION_ARGS)
{
	PkintProbe *p = PG_GETARG_PROBE_P(0);
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];
	Datum		str = DirectFunctionCall1(pkint_footprint_out,
										  PointerGetDatum(&p->footprint));

	double_to_shortest_decimal_buf(p->speed, digits);
	PG_RETURN_CSTRING(psprintf("%s @ %s", DatumGetCString(str), digits));
}

Datum
pkint_probe_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	Datum		footprint = DirectFunctionCall1(pkint_footprint_recv,
												PointerGetDatum(buf));

	PG_RETURN_POINTER(MakeProbe(DatumGetFootprintP(footprint),
								pq_getmsgfloat8(buf)));
}

Datum
pkint_probe_send(PG_FUNCTION_ARGS)
{
	PkintProbe *p = PG_GETARG_PROBE_P(0);
	StringInfoData buf;
	bytea	   *footprint;

	footprint = DatumGetByteaP(DirectFunctionCall1(pkint_footprint_send,
												   PointerGetDatum(&p->footprint)));
	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(footprint), VARSIZE_ANY_EXHDR(footprint));
	pq_sendfloat8(&buf, p->speed);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
