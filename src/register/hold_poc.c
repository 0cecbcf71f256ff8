/*
 * hold_poc.c
 *	  A hazard filed as protection of civilians is not counted until reviewed.
 *
 * Rule C24 of the taxonomy: the flag is set, nobody says who did it or whether
 * it was meant, and the words tell of an accident and of no violence.  The row
 * stays as it is but for its flag: poc_filed keeps what the unit said, poc what
 * counts.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "src/register/register.h"

PG_FUNCTION_INFO_V1(pkint_hold_poc);

/* A text column of the new row, or NULL. */
static text *
TextColumn(HeapTuple row, TupleDesc desc, const char *name)
{
	int			number = SPI_fnumber(desc, name);
	bool		isnull;
	Datum		value;

	if (number <= 0 || TupleDescAttr(desc, number - 1)->atttypid != TEXTOID)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("there is no text column \"%s\"", name),
				 errhint("pkint.hold_poc() is a trigger on the reports of a register.")));
	value = heap_getattr(row, number, desc, &isnull);
	return isnull ? NULL : DatumGetTextPP(value);
}

/* Do the row's words tell of an accident of another kind, and of no violence? */
static bool
TellsOfHazard(HeapTuple row, TupleDesc desc)
{
	static const char *const columns[] = {"title", "narrative"};
	text	   *code = TextColumn(row, desc, "code");
	char	   *code_text = code ? text_to_cstring(code) : NULL;
	PkintWordSigns signs = {0};

	for (int i = 0; i < lengthof(columns); i++)
	{
		text	   *words = TextColumn(row, desc, columns[i]);

		if (words != NULL)
			pkint_find_word_signs(words, &signs);
	}
	if (!signs.hazard || signs.violence)
		return false;
	return code_text == NULL || signs.hazard_code == NULL ||
		strcmp(code_text, signs.hazard_code) != 0;
}

/* Row trigger before INSERT and UPDATE, behind a WHEN that lets few rows pass. */
Datum
pkint_hold_poc(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TupleDesc	desc;
	HeapTuple	row;
	int			number[2];
	Datum		value[2] = {BoolGetDatum(false), BoolGetDatum(true)};
	bool		isnull[2] = {false, false};

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.hold_poc() was not called as a row trigger before the change")));
	row = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ? trigdata->tg_newtuple : trigdata->tg_trigtuple;
	desc = RelationGetDescr(trigdata->tg_relation);
	if (!TellsOfHazard(row, desc))
		return PointerGetDatum(row);
	number[0] = SPI_fnumber(desc, "poc");
	number[1] = SPI_fnumber(desc, "poc_filed");
	for (int i = 0; i < 2; i++)
		if (number[i] <= 0 || TupleDescAttr(desc, number[i] - 1)->atttypid != BOOLOID)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("there is no boolean column \"%s\"", i == 0 ? "poc" : "poc_filed"),
					 errhint("pkint.hold_poc() is a trigger on the reports of a register.")));
	return PointerGetDatum(heap_modify_tuple_by_cols(row, desc, 2, number, value, isnull));
}
