/*
 * writing.c
 *	  May this label be written, and in whose name?
 *
 * can_write() stands in the policies of every protected table and is called for
 * every row that is stored.  It remembers its answer for each distinct label as
 * long as the policy's stamp and the reading person stay the same.
 */
#include "src/core/compat.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "src/audit/audit.h"
#include "src/core/settings.h"
#include "src/label/label.h"
#include "src/label/memo.h"
#include "src/reader/decide.h"
#include "src/reader/snapshot.h"

PG_FUNCTION_INFO_V1(pkint_can_write);
PG_FUNCTION_INFO_V1(pkint_can_sign);
PG_FUNCTION_INFO_V1(pkint_default_label);
PG_FUNCTION_INFO_V1(pkint_home_unit);

/* Strings of a list as an array, for the label room. */
static const char **
ListToStrings(List *list)
{
	const char **strings = palloc(sizeof(char *) * (list_length(list) + 1));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, list)
		strings[n++] = lfirst(lc);
	return strings;
}

/* Those codes that the list has too. */
static List *
CodesAmong(const PkintCodes *codes, List *list)
{
	List	   *result = NIL;

	for (const char *code = pkint_codes_first(codes); code != NULL;
		 code = pkint_codes_next(codes, code))
		if (pkint_list_has(list, code))
			result = lappend(result, unconstify(char *, code));
	return result;
}

/* All codes. */
static List *
CodesAsList(const PkintCodes *codes)
{
	List	   *result = NIL;

	for (const char *code = pkint_codes_first(codes); code != NULL;
		 code = pkint_codes_next(codes, code))
		result = lappend(result, unconstify(char *, code));
	return result;
}

/*
 * May one of these units put its name to a label?  It is among the originators,
 * or the mission or the UN as a whole controls it.
 */
static bool
MaySign(const PkintMarking *marking, List *units)
{
	const char *code = pkint_codes_first(&marking->originators);

	if (code == NULL)
		return false;
	if (CodesAmong(&marking->originators, units) != NIL)
		return true;
	for (; code != NULL; code = pkint_codes_next(&marking->originators, code))
		if (strcmp(code, "MISSION") != 0 && strcmp(code, "UN") != 0)
			return false;
	return true;
}

/* The label nearest to a refused one that its writer may store; else NULL. */
static char *
NearestLabel(const PkintMarking *marking, const PkintSnapshot *writer)
{
	List	   *caveats = CodesAmong(&marking->caveats, writer->caveats);
	List	   *audience = CodesAsList(&marking->units);
	List	   *originators = CodesAsList(&marking->originators);
	char	   *own;

	if (writer->units == NIL)
		return NULL;
	own = linitial(writer->home_units ? writer->home_units : writer->units);
	if (!marking->units.all &&
		CodesAmong(&marking->units, writer->reads_units) == NIL)
		audience = lappend(audience, own);
	if (!MaySign(marking, writer->units))
		originators = list_make1(own);
	return pkint_label_text(pkint_label_build(Min(marking->level, writer->level),
											  ListToStrings(caveats),
											  list_length(caveats),
											  marking->units.all,
											  ListToStrings(audience),
											  list_length(audience),
											  ListToStrings(originators),
											  list_length(originators)));
}

/* Refuse a label, naming one that works where there is one. */
static void
RefuseLabel(const char *message, const PkintMarking *marking)
{
	const PkintSnapshot *writer = pkint_snapshot_of(pkint_reading_person());
	char	   *nearest = writer->cleared ? NearestLabel(marking, writer) : NULL;
	char	   *officers = pkint_holder_names(PKINT_SECURITY_OFFICER, NULL);

	pkint_audit_refusal(message);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg_internal("%s", _(message)),
			 nearest ? errhint("This label would be accepted: %s.", nearest)
			 : officers ? errhint("A clearance and a unit are needed for writing; ask %s.", officers)
			 : errhint("A clearance and a unit are needed for writing, which a security officer gives.")));
}

/*
 * What somebody may do with a label, remembered for each label that they write.
 * Good for one person under one policy stamp: whose name they may put to a row
 * can change while what they may read stays the same.
 */
#define ANSWER_READS	0x01
#define ANSWER_SIGNS	0x02

static PkintMemo writing_memo;
static uint64 writing_stamp = 0;
static Oid	writing_person = InvalidOid;

/* Work out what the reading person may do with a label. */
static uint32
DecideWriting(const PkintLabel *label)
{
	PkintMarking marking;
	uint32		answer = 0;

	if (!pkint_label_open(label, &marking))
		return 0;
	if (pkint_may_read(label))
		answer |= ANSWER_READS;
	if (MaySign(&marking, pkint_snapshot_of(pkint_reading_person())->units))
		answer |= ANSWER_SIGNS;
	return answer;
}

/* The same, remembered. */
static uint32
WritingAnswer(const PkintLabel *label)
{
	uint64		stamp = pkint_policy_stamp();
	Oid			person = pkint_reading_person_quick();
	uint32		hash = 0;
	uint32		answer;
	PkintMemoEntry *known;

	if (unlikely(stamp != writing_stamp || person != writing_person))
	{
		pkint_require_preload();
		writing_person = InvalidOid;
		pkint_memo_reset(&writing_memo, "pkint writable labels");
		writing_stamp = stamp;
		writing_person = person;
	}
	known = pkint_memo_find(&writing_memo, PKINT_BODY(label),
							PKINT_BODY_LEN(label), &hash);
	if (likely(known != NULL))
		return known->answer;
	answer = DecideWriting(label);
	/* nothing is kept if the policy has moved meanwhile */
	if (stamp == pkint_policy_stamp())
		pkint_memo_add(&writing_memo, PKINT_BODY(label), PKINT_BODY_LEN(label),
					   hash, answer);
	return answer;
}

/* A label that may not be written: say why. */
static void
RefuseWriting(const PkintLabel *label, uint32 answer)
{
	PkintMarking marking;

	if (!pkint_label_open(label, &marking))
		return;
	if ((answer & ANSWER_READS) == 0)
		RefuseLabel(gettext_noop("a label must be one that its writer may read"), &marking);
	RefuseLabel(gettext_noop("a row is not written in the name of other units alone"),
				&marking);
}

/* can_write(label): true, or the reason why not */
Datum
pkint_can_write(PG_FUNCTION_ARGS)
{
	PkintLabel *label;
	uint32		answer;

	if (PG_ARGISNULL(0))
	{
		pkint_require_preload();
		PG_RETURN_BOOL(false);
	}
	label = PG_GETARG_PKINT_LABEL(0);
	answer = WritingAnswer(label);
	if (unlikely(answer != (ANSWER_READS | ANSWER_SIGNS)))
	{
		RefuseWriting(label, answer);
		PG_RETURN_BOOL(false);
	}
	PG_FREE_IF_COPY(label, 0);
	PG_RETURN_BOOL(true);
}

/* can_sign(label): may one of the reader's units put its name to it? */
Datum
pkint_can_sign(PG_FUNCTION_ARGS)
{
	PkintLabel *label;
	bool		signs;

	if (PG_ARGISNULL(0))
	{
		pkint_require_preload();
		PG_RETURN_BOOL(false);
	}
	label = PG_GETARG_PKINT_LABEL(0);
	signs = (WritingAnswer(label) & ANSWER_SIGNS) != 0;
	PG_FREE_IF_COPY(label, 0);
	PG_RETURN_BOOL(signs);
}

/*
 * The one unit for which a person files: of several, cells and lists, which
 * gather people of other units, are left out.  NULL if that is not one; copied.
 */
static char *
OnlyUnit(const PkintSnapshot *writer)
{
	if (list_length(writer->home_units) == 1)
		return pstrdup(linitial(writer->home_units));
	if (writer->home_units == NIL && list_length(writer->units) == 1)
		return pstrdup(linitial(writer->units));
	return NULL;
}

/* default_label(): CONFIDENTIAL, to and by the only unit that one has */
Datum
pkint_default_label(PG_FUNCTION_ARGS)
{
	const PkintSnapshot *writer;
	const char *unit;
	bool		in_none;

	pkint_require_preload();
	writer = pkint_snapshot_of(pkint_reading_person());
	unit = OnlyUnit(writer);
	in_none = writer->units == NIL;
	if (unit == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("there is no default label for \"%s\"",
						GetUserNameFromId(pkint_reading_person(), false)),
				 in_none
				 ? errdetail("A default label needs a unit, and this role is in none.")
				 : errdetail("A default label needs one unit, and this role is in several."),
				 errhint("Write the label out, like 'CONFIDENTIAL//REL JMAC//ORIG JMAC', or give the table a default.")));
	PG_RETURN_POINTER(pkint_label_build(PKINT_CONFIDENTIAL, NULL, 0, false, &unit, 1, &unit, 1));
}

/* home_unit(): the only unit for which the reading person files, or NULL */
Datum
pkint_home_unit(PG_FUNCTION_ARGS)
{
	char	   *unit;

	pkint_require_preload();
	unit = OnlyUnit(pkint_snapshot_of(pkint_reading_person()));
	if (unit == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(unit));
}
