/*
 * state.c
 *	  How the loading of the record stands, for SQL.
 */
#include "src/core/compat.h"

#include <dirent.h>

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "src/audit/seal.h"
#include "src/audit/spool.h"

PG_FUNCTION_INFO_V1(pkint_record_state);
PG_FUNCTION_INFO_V1(pkint_audit_keyed);

/* audit_keyed(): is there a key for the record? */
Datum
pkint_audit_keyed(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pkint_seal_keyed());
}

/* How many files of this database, or of none, were put aside; not those of others, dropped or not. */
static int64
CountAside(void)
{
	DIR		   *dir = opendir(SPOOL_ASIDE);
	struct dirent *de;
	int64		count = 0;

	while (dir && (de = readdir(dir)) != NULL)
	{
		unsigned int database;

		if (de->d_name[0] != '.' &&
			(sscanf(de->d_name, "%u_", &database) != 1 || database == MyDatabaseId))
			count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

/* record_state(): what waits, since when, and what stands in the way */
Datum
pkint_record_state(PG_FUNCTION_ARGS)
{
	static const char *const trouble[] = {NULL, "no worker", "failed", "no key"};
	SpoolState	state;
	TupleDesc	desc;
	Datum		values[4];
	bool		nulls[4] = {false, false, false, false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "record_state() is not called as it should be");
	pkint_spool_look(MyDatabaseId, &state);
	values[0] = Int64GetDatum((int64) state.waiting);
	values[1] = TimestampTzGetDatum(state.since);
	nulls[1] = state.since == 0;
	nulls[2] = trouble[state.trouble] == NULL;
	values[2] = nulls[2] ? (Datum) 0 : CStringGetTextDatum(trouble[state.trouble]);
	values[3] = Int64GetDatum(CountAside());
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}
