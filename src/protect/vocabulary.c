/*
 * vocabulary.c
 *	  What a label says must be known where it enters a protected table.
 *
 * The type takes any code, since a dictionary behind a type breaks dump and
 * restore.  Triggers on protected tables look at the label that was finally
 * stored: after other triggers, generated columns and moves between partitions.
 * They fire for everybody, superusers and replication included.
 */
#include "src/protect/protect.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "src/audit/audit.h"
#include "src/core/catalog.h"
#include "src/core/settings.h"
#include "src/label/label.h"
#include "src/label/label_index.h"
#include "src/label/memo.h"
#include "src/reader/decide.h"

#define CODE_SIZE 32

PG_FUNCTION_INFO_V1(pkint_check_vocabulary);
PG_FUNCTION_INFO_V1(pkint_label_stored);
PG_FUNCTION_INFO_V1(pkint_label_kept);
PG_FUNCTION_INFO_V1(pkint_row_gone);
PG_FUNCTION_INFO_V1(pkint_covering_sql);
PG_FUNCTION_INFO_V1(pkint_relabelling);

/* Labels whose codes the mission has, at some policy stamp. */
static uint64 vocabulary_stamp = 0;
static PkintMemo good_labels;

/* Who else wants to know of the rows that are written. */
static PkintRowFollower row_follower = NULL;
static PkintLabelFollower label_follower = NULL;

/* Greater than zero while pkint's own code changes labels. */
static int	relabelling = 0;

/* Is the event trigger at work that protects new parts? */
static bool covering = false;

/* From now on these are called for every row, and every change of label. */
void
pkint_follow_rows(PkintRowFollower rows, PkintLabelFollower labels)
{
	row_follower = rows;
	label_follower = labels;
}

/* See to it that what is remembered is of the vocabulary that holds now. */
static void
KnowVocabulary(void)
{
	uint64		stamp = pkint_policy_stamp();

	if (stamp == vocabulary_stamp)
		return;
	pkint_memo_reset(&good_labels, "pkint good labels");
	vocabulary_stamp = stamp;
}

/* The first code of a list that the vocabulary does not have, or NULL. */
static const char *
UnknownCode(const PkintCodes *codes, bool unit, bool originators)
{
	for (const char *code = pkint_codes_first(codes); code != NULL;
		 code = pkint_codes_next(codes, code))
	{
		if (originators &&
			(strcmp(code, "MISSION") == 0 || strcmp(code, "UN") == 0))
			continue;
		if (!pkint_known_code(unit, code))
			return code;
	}
	return NULL;
}

/* The known code that is nearest to one that is not, or NULL if none is near. */
static const char *
NearestCode(const char *code, bool unit)
{
	const char *nearest = NULL;
	int			least = 0;
	ListCell   *lc;

	foreach(lc, pkint_vocabulary(unit))
	{
		const char *candidate = lfirst(lc);
		int			distance = pkint_code_distance(code, candidate);

		if (pkint_code_is_near(code, candidate) &&
			(nearest == NULL || distance < least ||
			 (distance == least && strcmp(candidate, nearest) < 0)))
		{
			nearest = candidate;
			least = distance;
		}
	}
	return nearest;
}

/* Refuse an unknown code. */
static void
RefuseCode(const char *table, const char *all, const char *code, bool unit)
{
	const char *nearest = NearestCode(code, unit);

	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("the label names an unknown %s \"%s\"", _(table), code),
			 strcmp(code, "MISSION") == 0 || strcmp(code, "UN") == 0 ?
			 errhint("%s controls information (ORIG) and is no unit; write REL ALL for everybody with a clearance, or the units.",
					 code) :
			 nearest != NULL ?
			 errhint("The nearest known one is \"%s\". %s are listed in pkint.%s, which the security officer keeps.",
					 nearest, _(all), table) :
			 errhint("%s are listed in pkint.%s, which the security officer keeps.",
					 _(all), table)));
}

/* Raise unless every code of a label is known, and its text can be typed. */
static void
CheckMarking(const PkintMarking *marking)
{
	const char *code;

	if (marking->originators.count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("a stored label must name who controls it"),
				 errhint("ORIG NONE is only the result of a computation; name the unit, MISSION or UN.")));
	if (marking->caveats.count > PKINT_CODES_TYPED ||
		marking->units.count > PKINT_CODES_TYPED ||
		marking->originators.count > PKINT_CODES_TYPED)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a stored label names at most %d codes of a kind", PKINT_CODES_TYPED),
				 errdetail("One with more could be dumped and not restored."),
				 errhint("Name a unit that stands for several.")));
	code = UnknownCode(&marking->caveats, false, false);
	if (code != NULL)
		RefuseCode(gettext_noop("caveat"), gettext_noop("Caveats"), code, false);
	code = UnknownCode(&marking->units, true, false);
	if (code == NULL)
		code = UnknownCode(&marking->originators, true, true);
	if (code != NULL)
		RefuseCode(gettext_noop("unit"), gettext_noop("Units"), code, true);
}

/* Raise unless a label may be stored; remembers those that may. */
static void
CheckLabel(Datum value)
{
	PkintLabel *label = DatumGetPkintLabel(value);
	const uint8 *bytes = PKINT_BODY(label);
	uint32		len = PKINT_BODY_LEN(label);
	uint32		hash = 0;
	PkintMarking marking;

	KnowVocabulary();
	if (pkint_memo_find(&good_labels, bytes, len, &hash) == NULL)
	{
		if (!pkint_label_open(label, &marking))
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("the label is damaged")));
		CheckMarking(&marking);
		pkint_memo_add(&good_labels, bytes, len, hash, 1);
	}
	if ((Pointer) label != DatumGetPointer(value))
		pfree(label);
}

/* check_vocabulary(label): raises unless the label may be stored */
Datum
pkint_check_vocabulary(PG_FUNCTION_ARGS)
{
	CheckLabel(PG_GETARG_DATUM(0));
	PG_RETURN_VOID();
}

/* covering(on): are parts being covered?  Says whether it was so before. */
Datum
pkint_covering_sql(PG_FUNCTION_ARGS)
{
	bool		before = covering;

	covering = PG_GETARG_BOOL(0);
	PG_RETURN_BOOL(before);
}

/* While this is on, labels may be changed. */
void
pkint_allow_relabelling(bool allowed)
{
	relabelling += allowed ? 1 : -1;
}

/* relabelling(on): labels may be changed, or no more */
Datum
pkint_relabelling(PG_FUNCTION_ARGS)
{
	pkint_allow_relabelling(PG_GETARG_BOOL(0));
	PG_RETURN_VOID();
}

/* An error or the end of a transaction takes the permission away. */
void
pkint_forget_relabelling(void)
{
	relabelling = 0;
	covering = false;
}

/* Refuse a change of label outside pkint's own functions. */
static void
CheckMayRelabel(void)
{
	if (relabelling > 0 || superuser_arg(GetUserId()) ||
		SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		return;
	pkint_audit_refusal("a label is not changed by UPDATE");
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("a label is not changed by UPDATE"),
			 errhint("Use pkint.relabel(relation, keys, new_label, reason).")));
}

static void
CheckTriggerCall(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_FOR_ROW(((TriggerData *) fcinfo->context)->tg_event) ||
		((TriggerData *) fcinfo->context)->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.%s() was not called as a row trigger with the label's column",
						name)));
}

/* Is this the type label?  The answer is asked for with every row. */
static bool
IsLabelType(Oid type)
{
	static Oid	known = InvalidOid;

	if (type != known)
	{
		if (type != pkint_label_type())
			return false;
		known = type;
	}
	return true;
}

/* The label's column in the table that a trigger fired for; raises for none. */
static int
LabelColumn(TriggerData *trigdata)
{
	Relation	rel = trigdata->tg_relation;
	const char *name = trigdata->tg_trigger->tgargs[0];
	int			column = SPI_fnumber(RelationGetDescr(rel), name);

	if (column <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the protected table \"%s\" has lost its label column \"%s\"",
						RelationGetRelationName(rel), name),
				 errhint("A column that was renamed must get its name back.")));
	if (!IsLabelType(TupleDescAttr(RelationGetDescr(rel), column - 1)->atttypid))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the column \"%s\" of \"%s\" holds no labels",
						name, RelationGetRelationName(rel))));
	return column;
}

/* Are two labels one and the same? */
static bool
SameLabel(Datum a, Datum b)
{
	PkintLabel *one = DatumGetPkintLabel(a);
	PkintLabel *other = DatumGetPkintLabel(b);
	bool		same = pkint_label_same(one, other);

	if ((Pointer) one != DatumGetPointer(a))
		pfree(one);
	if ((Pointer) other != DatumGetPointer(b))
		pfree(other);
	return same;
}

/* Check the label that a row has got, if it is another than it had. */
static void
CheckStored(TriggerData *trigdata)
{
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event);
	int			column = LabelColumn(trigdata);
	Datum		value;
	Datum		before;
	bool		isnull;

	value = slot_getattr(update ? trigdata->tg_newslot : trigdata->tg_trigslot,
						 column, &isnull);
	if (isnull)
		return;
	if (update)
	{
		before = slot_getattr(trigdata->tg_trigslot, column, &isnull);
		if (!isnull && SameLabel(value, before))
			return;
		CheckMayRelabel();
		if (!isnull && label_follower)
			label_follower(trigdata->tg_relation, before, value);
	}
	CheckLabel(value);
}

/*
 * AFTER row trigger: the label that was stored must be in the vocabulary, and
 * the row comes under share orders or leaves them.  The argument is the label's
 * column, so that a partition may have it elsewhere.
 */
Datum
pkint_label_stored(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	CheckTriggerCall(fcinfo, "label_stored");
	CheckStored(trigdata);
	if (row_follower)
		row_follower(trigdata);
	return PointerGetDatum(NULL);
}

/*
 * BEFORE UPDATE row trigger, fired where the label changes: refuses, also when
 * the row is about to move to another partition, which AFTER triggers are told
 * of as if it were deleted and inserted.
 */
Datum
pkint_label_kept(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	CheckTriggerCall(fcinfo, "label_kept");
	CheckMayRelabel();
	if (label_follower)
	{
		int			column = LabelColumn(trigdata);
		TupleDesc	desc = RelationGetDescr(trigdata->tg_relation);
		bool		was_null;
		bool		is_null;
		Datum		was = heap_getattr(trigdata->tg_trigtuple, column, desc, &was_null);
		Datum		is = heap_getattr(trigdata->tg_newtuple, column, desc, &is_null);

		if (!was_null && !is_null)
			label_follower(trigdata->tg_relation, was, is);
	}
	return PointerGetDatum(trigdata->tg_newtuple);
}

/* AFTER DELETE row trigger and AFTER TRUNCATE statement trigger: who follows rows is told. */
Datum
pkint_row_gone(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.row_gone() was not called as a trigger")));
	if (row_follower)
		row_follower((TriggerData *) fcinfo->context);
	return PointerGetDatum(NULL);
}
