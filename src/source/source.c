/*
 * source.c
 *	  Small helpers within the source room, and its calls to other rooms.
 */
#include "src/source/source.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"
#include "src/keys/keyring.h"
#include "src/reader/reader.h"
#include "src/source/column_rule.h"
#include "src/source/safe_count.h"
#include "src/source/shown_column.h"
#include "src/source/silence.h"
#include "src/source/standbys.h"

PG_FUNCTION_INFO_V1(pkint_record_source_act);

/* Called once, from _PG_init. */
void
pkint_source_init(void)
{
	pkint_life_init();
	pkint_reveal_init();
	pkint_independent_init();
	pkint_forget_init();
	pkint_standbys_init();
	if (process_shared_preload_libraries_in_progress && !IsBinaryUpgrade)
		pkint_keyring_wal_init();
	pkint_redact_init();
	pkint_column_rule_init();
	pkint_shown_column_init();
	pkint_safe_count_init();
	pkint_silence_init();
}

/* The type pkint.source_code. */
Oid
pkint_source_code_type(void)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum("source_code"),
						   ObjectIdGetDatum(pkint_namespace()));
}

/* Bytes as a bytea. */
bytea *
pkint_bytea(const void *data, int len)
{
	bytea	   *result = palloc(VARHDRSZ + len);

	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), data, (size_t) len);
	return result;
}

/* A text argument as a string, or NULL. */
char *
pkint_text_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* Is there nothing but white space? */
bool
pkint_is_blank(const char *string)
{
	return string[strspn(string, " \t\r\n\f\v")] == '\0';
}

/*
 * Refuse to show an identity where the showing could be undone, or its record.
 */
void
pkint_refuse_in_transaction(const char *function)
{
	if (IsTransactionBlock() || IsSubTransaction())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("%s() cannot run inside a transaction block", function),
				 errdetail("What it shows cannot be taken back."),
				 errhint("Call it as a statement of its own.")));
}

/* A text argument that must be there and must say something. */
char *
pkint_required_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	char	   *value = pkint_text_argument(fcinfo, n);

	if (value == NULL || pkint_is_blank(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the %s is missing", name),
				 errhint("It goes on the record; blanks are not enough.")));
	return value;
}

/* A source code that must be there. */
PkintSourceCode *
pkint_required_code(FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the source code is missing")));
	return PG_GETARG_SOURCE_CODE_PP(n);
}

/*
 * Is this a unit?  Asked before a message names it: whoever mixes up the
 * arguments has written a name there.
 */
static bool
IsUnit(const char *unit)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(unit)};
	bool		found;

	SPI_connect();
	if (SPI_execute_with_args("SELECT FROM pkint.unit WHERE code = $1",
							  1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.unit");
	found = SPI_processed > 0;
	SPI_finish();
	return found;
}

/* Refuse whoever is not a custodian of sources of this unit. */
void
pkint_require_custodian(const char *unit)
{
	if (unit && !pkint_has_duty(pkint_deciding_person(), PKINT_SOURCE_CUSTODIAN, unit) &&
		!IsUnit(unit))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("you are not a custodian of sources of such a unit"),
				 errhint("Units are listed in pkint.unit.")));
	pkint_require_duty(PKINT_SOURCE_CUSTODIAN, unit);
}

/* Who acts: the one who logged in. */
Oid
pkint_source_person(void)
{
	return pkint_deciding_person();
}

/* Call one of the record's functions. */
static void
CallRecord(const char *command, const char *event, const char *unit,
		   const PkintSourceCode *code, const char *note)
{
	Oid			types[] = {TEXTOID, TEXTOID, InvalidOid, TEXTOID};
	Datum		values[4];
	char		nulls[] = {' ', unit ? ' ' : 'n', code ? ' ' : 'n', note ? ' ' : 'n'};

	types[2] = pkint_source_code_type();
	values[0] = CStringGetTextDatum(event);
	values[1] = unit ? CStringGetTextDatum(unit) : (Datum) 0;
	values[2] = PointerGetDatum(code);
	values[3] = note ? CStringGetTextDatum(note) : (Datum) 0;
	if (SPI_execute_with_args(command, 4, types, values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not write the record");
}

#define RECORD_ARGUMENTS \
	"('source: ' || $1, label => ('STRICTLY CONFIDENTIAL//REL ' || $2)::pkint.label," \
	" detail => pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(" \
	"'unit', $2, 'code', $3::text, 'note', $4)))"

/*
 * Put a decision on the record, with the transaction that takes it.  Between
 * SPI_connect and SPI_finish.
 */
void
pkint_source_record(const char *event, const char *unit,
					const PkintSourceCode *code, const char *note)
{
	CallRecord("SELECT pkint.record" RECORD_ARGUMENTS, event, unit, code, note);
}

/*
 * Put a disclosure on the record: on disk when this returns, whatever becomes
 * of the transaction.
 */
void
pkint_source_disclose(const char *event, const char *unit,
					  const PkintSourceCode *code, const char *note)
{
	CallRecord("SELECT pkint.record_now" RECORD_ARGUMENTS, event, unit, code, note);
}

/* record_source_act(event, unit, code, note), for functions in SQL. */
Datum
pkint_record_source_act(PG_FUNCTION_ARGS)
{
	SPI_connect();
	pkint_source_record(pkint_required_text(fcinfo, 0, "event"),
						pkint_text_argument(fcinfo, 1),
						PG_ARGISNULL(2) ? NULL : PG_GETARG_SOURCE_CODE_PP(2),
						pkint_text_argument(fcinfo, 3));
	SPI_finish();
	PG_RETURN_VOID();
}
