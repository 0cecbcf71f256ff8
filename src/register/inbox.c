/*
 * inbox.c
 *	  An insert-only view that COPY can write to.
 *
 * PostgreSQL refuses COPY FROM into a table whose row security binds the
 * writer, but not into a view with an INSTEAD OF INSERT trigger.  The trigger
 * here hands each row's columns, as $1, $2 ..., to one prepared statement that
 * is its argument, so that row security and checks are those of an INSERT.
 */
#include "src/core/compat.h"

#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(pkint_forward_row);
PG_FUNCTION_INFO_V1(pkint_refuse);

#define MAX_COLUMNS 100

/* The prepared statement of one trigger, in this session. */
typedef struct ForwardPlan
{
	Oid			trigger;		/* hash key */
	char	   *sql;
	SPIPlanPtr	plan;
} ForwardPlan;

static HTAB *forward_plans = NULL;

/* The plan of a trigger, prepared once; again if its statement is another. */
static SPIPlanPtr
PlanOf(Trigger *trigger, TupleDesc desc)
{
	Oid			types[MAX_COLUMNS];
	ForwardPlan *entry;
	bool		found;

	if (forward_plans == NULL)
	{
		HASHCTL		ctl;

		ctl.keysize = sizeof(Oid);
		ctl.entrysize = sizeof(ForwardPlan);
		forward_plans = hash_create("pkint inbox plans", 8, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(forward_plans, &trigger->tgoid, HASH_ENTER, &found);
	if (!found)
	{
		entry->sql = NULL;
		entry->plan = NULL;
	}
	if (entry->plan != NULL && strcmp(entry->sql, trigger->tgargs[0]) == 0)
		return entry->plan;
	if (entry->plan != NULL)
	{
		SPI_freeplan(entry->plan);
		entry->plan = NULL;
	}
	for (int i = 0; i < desc->natts; i++)
		types[i] = TupleDescAttr(desc, i)->atttypid;
	entry->sql = MemoryContextStrdup(TopMemoryContext, trigger->tgargs[0]);
	entry->plan = SPI_prepare(entry->sql, desc->natts, types);
	if (entry->plan == NULL || SPI_keepplan(entry->plan) != 0)
		elog(ERROR, "the statement of an inbox could not be prepared");
	return entry->plan;
}

/* INSTEAD OF INSERT trigger: run the statement that is its argument. */
Datum
pkint_forward_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TupleDesc	desc;
	Datum		values[MAX_COLUMNS];
	bool		isnull[MAX_COLUMNS];
	char		nulls[MAX_COLUMNS];

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_INSTEAD(trigdata->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event) || trigdata->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.forward_row() was not called as a trigger instead of an insert")));
	desc = RelationGetDescr(trigdata->tg_relation);
	if (desc->natts > MAX_COLUMNS)
		elog(ERROR, "an inbox has too many columns");
	heap_deform_tuple(trigdata->tg_trigtuple, desc, values, isnull);
	for (int i = 0; i < desc->natts; i++)
		nulls[i] = isnull[i] ? 'n' : ' ';
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_plan(PlanOf(trigdata->tg_trigger, desc), values, nulls, false, 0) < 0)
		elog(ERROR, "a row of an inbox could not be stored");
	SPI_finish();
	return PointerGetDatum(trigdata->tg_trigtuple);
}

/* Refuse what somebody entered, with a hint. */
Datum
pkint_refuse(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", text_to_cstring(PG_GETARG_TEXT_PP(0))),
			 errhint("%s", text_to_cstring(PG_GETARG_TEXT_PP(1)))));
	PG_RETURN_NULL();
}
