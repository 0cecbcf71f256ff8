/*
 * coarse_place.c
 *	  Reports of a register whose places are shown coarse: coarsened at the door.
 *
 * Whoever may search exact places by windows can narrow a place down however
 * coarse it is shown.  So in a register that pkint.coarsen_register() has
 * changed the footprint of a report is the coarse one, for everybody and for
 * every index, and the exact one lies in a column that is granted to nobody,
 * shown by pkint.shown_place() to holders of the caveat.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "src/incident/footprint.h"
#include "src/source/coarse.h"

PG_FUNCTION_INFO_V1(pkint_coarsen_place);

/* The number of a column of type footprint; raises if there is none. */
static int
FootprintColumn(TupleDesc desc, const char *name)
{
	int			number = SPI_fnumber(desc, name);

	if (number <= 0 || strcmp(SPI_gettype(desc, number), "footprint") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("there is no column \"%s\" of type footprint", name),
				 errhint("pkint.coarsen_place() is a trigger that pkint.coarsen_register() makes.")));
	return number;
}

/* A footprint with its middle moved to the coarse place, wide enough for the truth. */
static PkintFootprint *
CoarseFootprint(const PkintFootprint *exact, double cell)
{
	double		lon = exact->lon;
	double		lat = exact->lat;

	pkint_coarsen(cell, &lon, &lat);
	return pkint_footprint_make(lon, lat,
								Min(exact->radius + pkint_coarse_radius(cell), PKINT_RADIUS_MAX),
								exact->from, exact->until, PKINT_PLACE_NEAR, exact->time_kind);
}

/* Has this row been coarsened, and its place not changed since? */
static bool
IsCoarsened(const TriggerData *trigdata, HeapTuple row, TupleDesc desc, int footprint, int exact)
{
	bool		isnull;
	Datum		before;
	Datum		now;

	if (!TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		return false;
	(void) heap_getattr(row, exact, desc, &isnull);
	if (isnull)
		return false;
	before = heap_getattr(trigdata->tg_trigtuple, footprint, desc, &isnull);
	now = heap_getattr(row, footprint, desc, &isnull);
	return memcmp(DatumGetPointer(before), DatumGetPointer(now), sizeof(PkintFootprint)) == 0;
}

/* Row trigger before INSERT and UPDATE; its argument is the width of a cell. */
Datum
pkint_coarsen_place(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TupleDesc	desc;
	HeapTuple	row;
	int			number[2];
	Datum		value[2];
	Datum		size;
	bool		isnull[2] = {false, false};

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) || trigdata->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.coarsen_place() was not called as a row trigger before the change")));
	row = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ? trigdata->tg_newtuple : trigdata->tg_trigtuple;
	desc = RelationGetDescr(trigdata->tg_relation);
	number[0] = FootprintColumn(desc, "footprint");
	number[1] = FootprintColumn(desc, "exact");
	if (IsCoarsened(trigdata, row, desc, number[0], number[1]))
		return PointerGetDatum(row);
	value[1] = heap_getattr(row, number[0], desc, &isnull[1]);
	if (isnull[1])
		return PointerGetDatum(row);
	size = DirectFunctionCall1(float8in, CStringGetDatum(trigdata->tg_trigger->tgargs[0]));
	value[0] = PointerGetDatum(CoarseFootprint(DatumGetFootprintP(value[1]), DatumGetFloat8(size)));
	return PointerGetDatum(heap_modify_tuple_by_cols(row, desc, 2, number, value, isnull));
}
