/*
 * author.c
 *	  Who filed a report, and who is held to have written its narrative.
 *
 * A reader is shown narratives with the names of sources replaced, but his own
 * as he wrote them: who could write a name down and then look what is shown in
 * its place could try one name after the other.  So whoever changes a narrative
 * is from then on its author, and nobody can say that somebody else is.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "src/reader/reader.h"
#include "src/source/redact.h"

PG_FUNCTION_INFO_V1(pkint_filing_name);
PG_FUNCTION_INFO_V1(pkint_keep_author);

/* The name of the reading person. */
static Datum
FilingName(void)
{
	Name		name = palloc0(NAMEDATALEN);

	namestrcpy(name, GetUserNameFromId(pkint_reading_person(), false));
	return NameGetDatum(name);
}

/* filing_name() */
Datum
pkint_filing_name(PG_FUNCTION_ARGS)
{
	return FilingName();
}

/* Row trigger before UPDATE, behind a WHEN that lets few rows pass. */
Datum
pkint_keep_author(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TupleDesc	desc;
	int			number;
	Datum		value;
	bool		isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) || !TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.keep_author() was not called as a row trigger before an update")));
	if (pkint_withholding())
		return PointerGetDatum(trigdata->tg_newtuple);
	desc = RelationGetDescr(trigdata->tg_relation);
	number = SPI_fnumber(desc, "loaded_by");
	if (number <= 0 || TupleDescAttr(desc, number - 1)->atttypid != NAMEOID)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("there is no column \"%s\" of type name", "loaded_by"),
				 errhint("pkint.keep_author() is a trigger on the reports of a register.")));
	value = FilingName();
	return PointerGetDatum(heap_modify_tuple_by_cols(trigdata->tg_newtuple, desc, 1,
													 &number, &value, &isnull));
}
