/*
 * explain.c
 *	  May this person read this row, and what of it do they have or lack?
 *
 * Printed from the snapshot that decides, so that an explanation cannot be of
 * another rule than the one that holds.
 */
#include "src/core/compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "lib/stringinfo.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/timestamp.h"

#include "src/label/label.h"
#include "src/reader/reader.h"
#include "src/reader/snapshot.h"

PG_FUNCTION_INFO_V1(pkint_may_read_row);
PG_FUNCTION_INFO_V1(pkint_access_components);

/* A person asked about, with the row. */
typedef struct Asked
{
	PkintSnapshot *person;		/* held */
	Oid			relid;
	const char *key;
	PkintMarking label;
	ReturnSetInfo *result;
} Asked;

/* May they read anything of the table at all? */
static bool
HasPrivilege(Oid person, Oid relid)
{
	return superuser_arg(person) ||
		pg_class_aclcheck(relid, person, ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(relid, person, ACL_SELECT, ACLMASK_ANY) == ACLCHECK_OK;
}

/* may_read_row(person, relation, key, label) */
Datum
pkint_may_read_row(PG_FUNCTION_ARGS)
{
	Oid			person = PG_GETARG_OID(0);
	Oid			relid = PG_GETARG_OID(1);
	char	   *key = text_to_cstring(PG_GETARG_TEXT_PP(2));
	PkintLabel *label = PG_GETARG_PKINT_LABEL(3);
	PkintSnapshot *asked;
	PkintMarking marking;
	volatile bool reads = false;

	if (!HasPrivilege(person, relid) || !pkint_label_open(label, &marking))
		PG_RETURN_BOOL(false);
	asked = pkint_snapshot_of(person);
	pkint_snapshot_hold(asked);
	PG_TRY();
	{
		reads = asked->clearance != NULL &&
			(pkint_label_readable(label, asked->clearance) ||
			 pkint_open_key(asked, relid, key, &marking) != NULL);
	}
	PG_FINALLY();
	{
		pkint_snapshot_release(asked);
	}
	PG_END_TRY();
	PG_RETURN_BOOL(reads);
}

/* --- components ------------------------------------------------------------------ */

/* One line of the answer. */
static void
Tell(Asked *asked, const char *component, bool holds, const char *detail)
{
	Datum		values[3] = {CStringGetTextDatum(component), BoolGetDatum(holds),
	CStringGetTextDatum(detail)};
	bool		nulls[3] = {0};

	tuplestore_putvalues(asked->result->setResult, asked->result->setDesc, values, nulls);
}

/* Codes as they stand in a label, "none" in their place. */
static char *
CodesText(List *codes, const char *none)
{
	StringInfoData words;
	ListCell   *lc;

	if (codes == NIL)
		return pstrdup(none);
	initStringInfo(&words);
	foreach(lc, codes)
		appendStringInfo(&words, "%s%s", words.len > 0 ? ", " : "", (char *) lfirst(lc));
	return words.data;
}

/* The codes of a marking as a list. */
static List *
CodesList(const PkintCodes *codes)
{
	List	   *list = NIL;

	for (const char *code = pkint_codes_first(codes); code != NULL;
		 code = pkint_codes_next(codes, code))
		list = lappend(list, unconstify(char *, code));
	return list;
}

static void
TellClearance(Asked *asked)
{
	const PkintSnapshot *person = asked->person;
	List	   *caveats = CodesList(&asked->label.caveats);
	bool		all = true;
	ListCell   *lc;

	Tell(asked, "clearance", person->cleared,
		 person->cleared ? psprintf(_("%s until %s"), pkint_level_name(person->level),
									timestamptz_to_str(person->cleared_until))
		 : _("none that is valid now"));
	Tell(asked, "level", person->cleared && asked->label.level <= person->level,
		 psprintf(_("the row is %s"), pkint_level_name(asked->label.level)));
	foreach(lc, caveats)
		all = all && pkint_list_has(person->caveats, lfirst(lc));
	Tell(asked, "caveats", person->cleared && all,
		 caveats == NIL ? _("the row has none")
		 : psprintf(_("the row has %s"), CodesText(caveats, "")));
}

/* The audience alone, whatever level and caveats say. */
static void
TellAudience(Asked *asked)
{
	const PkintCodes *audience = &asked->label.units;
	bool		in = audience->all;
	ListCell   *lc;

	foreach(lc, asked->person->reads_units)
		in = in || pkint_codes_contain(audience, lfirst(lc));
	Tell(asked, "audience", in,
		 psprintf(_("released to %s; the person is in %s"),
				  audience->all ? "ALL" : CodesText(CodesList(audience), "NONE"),
				  CodesText(asked->person->units, _("no unit"))));
}

static void
TellGrants(Asked *asked)
{
	bool		opens;
	List	   *grants = pkint_open_grants(asked->person, asked->relid, asked->key,
										   &asked->label, &opens);
	StringInfoData words;
	ListCell   *lc;

	initStringInfo(&words);
	foreach(lc, grants)
	{
		const PkintGrant *grant = ((PkintOpenKey *) lfirst(lc))->grant;

		appendStringInfo(&words, words.len > 0 ? "; " : "");
		appendStringInfo(&words, _("%s %s until %s"), grant->kind,
						 psprintf(INT64_FORMAT, grant->id), timestamptz_to_str(grant->until));
	}
	Tell(asked, "grant", opens, grants == NIL ? _("none that is open now") : words.data);
}

/* access_components(person, relation, key, label): what reading takes, a line each */
Datum
pkint_access_components(PG_FUNCTION_ARGS)
{
	Oid			person = PG_GETARG_OID(0);
	PkintLabel *label = PG_GETARG_PKINT_LABEL(3);
	Asked		asked = {.relid = PG_GETARG_OID(1),
	.key = text_to_cstring(PG_GETARG_TEXT_PP(2)),.result = (ReturnSetInfo *) fcinfo->resultinfo};

	if (!pkint_label_open(label, &asked.label))
		elog(ERROR, "the label is damaged");
	InitMaterializedSRF(fcinfo, 0);
	Tell(&asked, "table privilege", HasPrivilege(person, asked.relid),
		 psprintf(_("SELECT on %s"),
				  DatumGetCString(DirectFunctionCall1(regclassout, ObjectIdGetDatum(asked.relid)))));
	asked.person = pkint_snapshot_of(person);
	pkint_snapshot_hold(asked.person);
	PG_TRY();
	{
		TellClearance(&asked);
		TellAudience(&asked);
		TellGrants(&asked);
	}
	PG_FINALLY();
	{
		pkint_snapshot_release(asked.person);
	}
	PG_END_TRY();
	return (Datum) 0;
}
