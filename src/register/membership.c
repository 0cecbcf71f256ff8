/*
 * membership.c
 *	  Is the reader in this unit? Asked for every row that he files.
 *
 * A report says which unit filed it.  A policy of the register lets nobody file
 * for a unit that he is not in, so the answer is remembered for a statement.
 */
#include "src/core/compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "src/core/catalog.h"
#include "src/reader/reader.h"

PG_FUNCTION_INFO_V1(pkint_in_unit);
PG_FUNCTION_INFO_V1(pkint_decides_for);

/* The units of one person at the beginning of one statement. */
static MemoryContext units_context = NULL;
static char **units = NULL;
static uint64 nunits = 0;
static Oid	units_of = InvalidOid;
static uint64 units_generation = 0;
static TimestampTz units_at = 0;

/* Read the units of a person. */
static void
ReadUnits(Oid person)
{
	Oid			type = OIDOID;
	Datum		arg = ObjectIdGetDatum(person);
	MemoryContext old;

	units_generation = 0;
	if (units_context == NULL)
		units_context = AllocSetContextCreate(TopMemoryContext, "pkint units of the reader",
											  ALLOCSET_SMALL_SIZES);
	MemoryContextReset(units_context);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT unit FROM pkint.assignment"
							  " WHERE person OPERATOR(pg_catalog.=) $1 AND ended IS NULL"
							  " AND since OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp()"
							  " AND until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp()",
							  1, &type, &arg, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the units of a person failed");
	old = MemoryContextSwitchTo(units_context);
	nunits = SPI_processed;
	units = palloc(sizeof(char *) * Max(nunits, 1));
	for (uint64 i = 0; i < nunits; i++)
		units[i] = pstrdup(SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
	MemoryContextSwitchTo(old);
	SPI_finish();
	units_of = person;
	units_at = GetCurrentStatementStartTimestamp();
}

/* Is the reading person assigned to this unit now? */
Datum
pkint_in_unit(PG_FUNCTION_ARGS)
{
	text	   *unit = PG_GETARG_TEXT_PP(0);
	Oid			person = pkint_reading_person();
	uint64		generation = pkint_policy_generation();

	if (units_of != person || units_generation != generation ||
		units_at != GetCurrentStatementStartTimestamp())
	{
		ReadUnits(person);
		units_generation = generation;
	}
	for (uint64 i = 0; i < nunits; i++)
		if (strlen(units[i]) == VARSIZE_ANY_EXHDR(unit) &&
			memcmp(units[i], VARDATA_ANY(unit), VARSIZE_ANY_EXHDR(unit)) == 0)
			PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(false);
}

/* Is the reading person a release officer of this unit now? */
Datum
pkint_decides_for(PG_FUNCTION_ARGS)
{
	char	   *unit = text_to_cstring(PG_GETARG_TEXT_PP(0));

	PG_RETURN_BOOL(pkint_has_duty(pkint_reading_person(), PKINT_RELEASE_OFFICER, unit));
}
