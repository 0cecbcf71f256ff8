/*
 * author.c
 *	  Who filed a row, who wrote its text, and who decided about it.
 *
 * A reader is shown narratives with the names of sources replaced, but their own
 * as they wrote them: who could write a name down and then look what is shown in
 * its place could try one name after the other.  So whoever sets a narrative is
 * from then on who wrote it, be it to the words that were there, which would
 * else tell that they were right.
 *
 * Nobody but a superuser writes such columns themselves (see hidden_column.c);
 * a superuser may, who restores a dump.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "src/reader/reader.h"
#include "src/source/redact.h"

PG_FUNCTION_INFO_V1(pkint_filing_name);
PG_FUNCTION_INFO_V1(pkint_keep_author);
PG_FUNCTION_INFO_V1(pkint_stamp_change);
PG_FUNCTION_INFO_V1(pkint_stamp_decision);

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

/* The data of a row trigger before INSERT or UPDATE with so many arguments. */
static TriggerData *
TriggerOf(FunctionCallInfo fcinfo, int nargs, const char *function)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) || TRIGGER_FIRED_BY_DELETE(trigdata->tg_event) ||
		trigdata->tg_trigger->tgnargs != nargs)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.%s() was not called as a row trigger before the change", function)));
	return trigdata;
}

/* The row as it is to be. */
static HeapTuple
NewRow(const TriggerData *trigdata)
{
	return TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ? trigdata->tg_newtuple : trigdata->tg_trigtuple;
}

/* The number of a column of one type; raises if there is none. */
static int
ColumnOfType(TupleDesc desc, const char *name, Oid type)
{
	int			number = SPI_fnumber(desc, name);

	if (number <= 0 || TupleDescAttr(desc, number - 1)->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("there is no column \"%s\" of type %s", name, format_type_be(type))));
	return number;
}

/* Has the statement itself set a column: to something else than there was, or than nothing? */
static bool
IsSet(const TriggerData *trigdata, int number)
{
	TupleDesc	desc = RelationGetDescr(trigdata->tg_relation);
	Form_pg_attribute att = TupleDescAttr(desc, number - 1);
	bool		isnull;
	bool		wasnull = true;
	Datum		is = heap_getattr(NewRow(trigdata), number, desc, &isnull);
	Datum		was = 0;

	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		was = heap_getattr(trigdata->tg_trigtuple, number, desc, &wasnull);
	if (isnull || wasnull)
		return isnull != wasnull;
	return !datumIsEqual(is, was, att->attbyval, att->attlen);
}

/*
 * Row trigger before INSERT, and before UPDATE of a text; its argument is the
 * column that says who wrote it.
 */
Datum
pkint_keep_author(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = TriggerOf(fcinfo, 1, "keep_author");
	TupleDesc	desc = RelationGetDescr(trigdata->tg_relation);
	int			number = ColumnOfType(desc, trigdata->tg_trigger->tgargs[0], NAMEOID);
	Datum		value;
	bool		isnull = false;

	if (pkint_withholding() || (superuser() && IsSet(trigdata, number)))
		return PointerGetDatum(NewRow(trigdata));
	value = FilingName();
	return PointerGetDatum(heap_modify_tuple_by_cols(NewRow(trigdata), desc, 1,
													 &number, &value, &isnull));
}

/* Row trigger before UPDATE: its argument is the column that says when that was. */
Datum
pkint_stamp_change(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = TriggerOf(fcinfo, 1, "stamp_change");
	TupleDesc	desc = RelationGetDescr(trigdata->tg_relation);
	int			number = ColumnOfType(desc, trigdata->tg_trigger->tgargs[0], TIMESTAMPTZOID);
	Datum		value = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	bool		isnull = false;

	if (superuser() || pkint_withholding())
		return PointerGetDatum(NewRow(trigdata));
	return PointerGetDatum(heap_modify_tuple_by_cols(NewRow(trigdata), desc, 1,
													 &number, &value, &isnull));
}

/* Is what a row's outcome says one of the words that tell of a decision? */
static bool
IsDecided(const TriggerData *trigdata, int outcome)
{
	char	   *is = SPI_getvalue(NewRow(trigdata), RelationGetDescr(trigdata->tg_relation), outcome);

	for (int i = 3; is != NULL && i < trigdata->tg_trigger->tgnargs; i++)
		if (strcmp(is, trigdata->tg_trigger->tgargs[i]) == 0)
			return true;
	return false;
}

/*
 * Row trigger before INSERT, and before UPDATE of the outcome: its arguments are
 * the columns of the outcome, of who decided and of when, and the two words
 * that tell of a decision.
 */
Datum
pkint_stamp_decision(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = TriggerOf(fcinfo, 5, "stamp_decision");
	TupleDesc	desc = RelationGetDescr(trigdata->tg_relation);
	char	  **args = trigdata->tg_trigger->tgargs;
	int			outcome = ColumnOfType(desc, args[0], TEXTOID);
	int			number[2];
	Datum		value[2] = {0};
	bool		isnull[2];

	number[0] = ColumnOfType(desc, args[1], NAMEOID);
	number[1] = ColumnOfType(desc, args[2], TIMESTAMPTZOID);
	if (superuser() && (IsSet(trigdata, number[0]) || IsSet(trigdata, number[1])))
		return PointerGetDatum(NewRow(trigdata));
	isnull[0] = isnull[1] = !IsDecided(trigdata, outcome);
	if (!isnull[0])
	{
		value[0] = FilingName();
		value[1] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	}
	return PointerGetDatum(heap_modify_tuple_by_cols(NewRow(trigdata), desc, 2,
													 number, value, isnull));
}
