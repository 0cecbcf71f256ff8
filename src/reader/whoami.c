/*
 * whoami.c
 *	  What there is to be said of a person: who they are, what they hold, and
 *	  what they may read.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/timestamp.h"

#include "src/core/settings.h"
#include "src/label/label.h"
#include "src/reader/decide.h"
#include "src/reader/snapshot.h"

PG_FUNCTION_INFO_V1(pkint_cleared_level);
PG_FUNCTION_INFO_V1(pkint_session_clearance);
PG_FUNCTION_INFO_V1(pkint_whoami);
PG_FUNCTION_INFO_V1(pkint_readable_by);
PG_FUNCTION_INFO_V1(pkint_in_unit);
PG_FUNCTION_INFO_V1(pkint_reads_unit);
PG_FUNCTION_INFO_V1(pkint_decides_for);
PG_FUNCTION_INFO_V1(pkint_person_units);
PG_FUNCTION_INFO_V1(pkint_person_level);

/* Is a person in this unit now? */
bool
pkint_is_in_unit(Oid person, const char *unit)
{
	return pkint_list_has(pkint_snapshot_of(person)->units, unit);
}

/* The units that a person is in now, copied. */
List *
pkint_units_of(Oid person)
{
	return pkint_list_copy(pkint_snapshot_of(person)->units);
}

/* in_unit(unit): does the reading person belong to it now? */
Datum
pkint_in_unit(PG_FUNCTION_ARGS)
{
	char	   *unit = text_to_cstring(PG_GETARG_TEXT_PP(0));
	bool		in = pkint_is_in_unit(pkint_reading_person(), unit);

	pfree(unit);
	PG_RETURN_BOOL(in);
}

/* reads_unit(unit): does the reading person read what is released to it? */
Datum
pkint_reads_unit(PG_FUNCTION_ARGS)
{
	char	   *unit = text_to_cstring(PG_GETARG_TEXT_PP(0));
	bool		reads = pkint_list_has(pkint_snapshot_of(pkint_reading_person())->reads_units, unit);

	pfree(unit);
	PG_RETURN_BOOL(reads);
}

/* decides_for(unit): is the reading person a release officer of it? */
Datum
pkint_decides_for(PG_FUNCTION_ARGS)
{
	char	   *unit = text_to_cstring(PG_GETARG_TEXT_PP(0));

	PG_RETURN_BOOL(pkint_has_duty(pkint_reading_person(), PKINT_RELEASE_OFFICER, unit));
}

/* readable_by(person, label) */
Datum
pkint_readable_by(PG_FUNCTION_ARGS)
{
	PkintLabel *label = PG_GETARG_PKINT_LABEL(1);
	const PkintSnapshot *asked = pkint_snapshot_of(PG_GETARG_OID(0));

	PG_RETURN_BOOL(asked->clearance != NULL && pkint_label_readable(label, asked->clearance));
}

/* session_clearance(): NULL without a valid one */
Datum
pkint_session_clearance(PG_FUNCTION_ARGS)
{
	PkintClearance *clearance = pkint_reader_clearance();

	if (clearance == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(clearance);
}

/* cleared_level(text): a level's name in full, as clearances keep it */
Datum
pkint_cleared_level(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	int			level;

	if (!pkint_level_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no level \"%s\"", text_to_cstring(input)),
				 errhint("Levels are UNCLASSIFIED, CONFIDENTIAL and STRICTLY CONFIDENTIAL.")));
	PG_RETURN_TEXT_P(cstring_to_text(pkint_level_name(level)));
}

/* --- who am I ------------------------------------------------------------------- */

static Datum
StringsToArray(List *strings)
{
	Datum	   *elems = palloc(sizeof(Datum) * (list_length(strings) + 1));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, strings)
		elems[n++] = CStringGetTextDatum(lfirst(lc));
	return PointerGetDatum(construct_array(elems, n, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

/* Duties in words: "release officer for JMAC". */
static List *
DutiesInWords(List *duties)
{
	List	   *words = NIL;
	ListCell   *lc;

	foreach(lc, duties)
	{
		PkintDuty  *duty = lfirst(lc);

		words = lappend(words, duty->unit
						? psprintf(_("%s for %s"), duty->duty, duty->unit)
						: duty->duty);
	}
	return words;
}

/* What somebody should know who wonders at what they see; or NULL. */
static char *
RemarkFor(Oid person, bool cleared, bool in_none)
{
	char	   *officers = pkint_holder_names(PKINT_SECURITY_OFFICER, NULL);

	if (superuser_arg(person))
		return pstrdup(_("A superuser is not bound by row security: what is read so is not need to know."));
	if (!cleared)
		return officers
			? psprintf(_("Without a clearance no protected row can be read. Ask %s."), officers)
			: pstrdup(_("Without a clearance no protected row can be read. A superuser appoints the first security officer."));
	if (in_none)
		return pstrdup(_("In no unit: only what is released to all can be read."));
	return NULL;
}

/* What the snapshot of a person says, as columns of whoami(). */
static void
DescribePerson(Oid person, Datum *values, bool *nulls)
{
	PkintSnapshot *asked = pkint_snapshot_of(person);
	bool		cleared = asked->cleared;
	bool		in_none = asked->units == NIL;
	char	   *remark;

	nulls[3] = nulls[4] = !cleared;
	if (cleared)
		values[3] = datumCopy(PointerGetDatum(asked->clearance), false, -1);
	values[4] = TimestampTzGetDatum(asked->cleared_until);
	values[5] = StringsToArray(asked->units);
	values[6] = StringsToArray(asked->reads_units);
	values[7] = StringsToArray(DutiesInWords(asked->duties));
	/* from here on others are looked up */
	remark = RemarkFor(person, cleared, in_none);
	nulls[8] = remark == NULL;
	values[8] = remark ? CStringGetTextDatum(remark) : (Datum) 0;
}

/* whoami(): one row about the reading person */
Datum
pkint_whoami(PG_FUNCTION_ARGS)
{
	Oid			person = pkint_reading_person();
	TupleDesc	tupdesc;
	Datum		values[9] = {0};
	bool		nulls[9] = {0};

	pkint_require_preload();
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = DirectFunctionCall1(namein, CStringGetDatum(GetUserNameFromId(person, false)));
	values[1] = DirectFunctionCall1(namein,
									CStringGetDatum(GetUserNameFromId(GetSessionUserId(), false)));
	values[2] = BoolGetDatum(GetSessionUserId() == person);
	DescribePerson(person, values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc),
													  values, nulls)));
}

/* person_units(person): the units that they belong to now */
Datum
pkint_person_units(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(StringsToArray(pkint_snapshot_of(PG_GETARG_OID(0))->units));
}

/* person_level(person): the level that they are cleared to now, or NULL */
Datum
pkint_person_level(PG_FUNCTION_ARGS)
{
	const PkintSnapshot *asked = pkint_snapshot_of(PG_GETARG_OID(0));

	if (!asked->cleared)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(pkint_level_name(asked->level)));
}
