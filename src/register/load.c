/*
 * load.c
 *	  The one statement by which a feed is loaded.
 *
 * It writes what nobody else may write: which feed a report came from, under
 * which key, and the hash by which its row is known again.  So it is not run for
 * whoever brings a text, but made here from the definition of the feed, and the
 * right to write those columns goes with its plan: the functions, triggers and
 * views that it runs, the feed's own among them, have no part in it.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "src/source/hidden_column.h"

PG_FUNCTION_INFO_V1(pkint_run_load);

#define COUNTS 6

/* The statement that loads a feed; raises for whoever may not load it. */
static char *
LoadStatement(Datum feed)
{
	Oid			types[] = {TEXTOID};

	if (SPI_execute_with_args("SELECT pkint.load_statement($1)", 1, types, &feed, NULL,
							  false, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not make the statement that loads a feed");
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/* Have PostGIS found by its bare name, where a foreign table of the feed needs that. */
static void
SeePostgis(Datum feed)
{
	Oid			types[] = {TEXTOID};

	if (SPI_execute_with_args("SELECT pkint.see_postgis(f.relation) FROM pkint.feed f"
							  " WHERE f.name OPERATOR(pg_catalog.=) $1", 1, types, &feed, NULL,
							  false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not look for PostGIS");
}

/* run_load(feed): read, accepted, unchanged, updated, quarantined, gone */
Datum
pkint_run_load(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	TupleDesc	desc;
	char	   *statement;
	SPIPlanPtr	plan;
	Datum		values[COUNTS];
	bool		nulls[COUNTS];
	HeapTuple	result;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != COUNTS)
		elog(ERROR, "return type must be a row type");
	desc = BlessTupleDesc(desc);
	SPI_connect();
	statement = LoadStatement(PG_GETARG_DATUM(0));
	SeePostgis(PG_GETARG_DATUM(0));
	plan = statement ? SPI_prepare_cursor(statement, 0, NULL, CURSOR_OPT_GENERIC_PLAN) : NULL;
	if (plan == NULL)
		elog(ERROR, "could not prepare to load a feed");
	if (pkint_execute_keeping(plan, NULL, NULL) != SPI_OK_SELECT || SPI_processed != 1 ||
		SPI_tuptable->tupdesc->natts != COUNTS)
		elog(ERROR, "could not load a feed");
	heap_deform_tuple(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, values, nulls);
	MemoryContextSwitchTo(caller);
	result = heap_form_tuple(desc, values, nulls);
	SPI_finish();
	PG_RETURN_DATUM(HeapTupleGetDatum(result));
}
