/*
 * reading.c
 *	  May this row be read, and may this label be written?
 *
 * can_read() stands in the policies of every protected table and is called for
 * every row.  It remembers its answer for each distinct label as long as the
 * policy stamp and the reading person stay the same.
 */
#include "src/reader/reader.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "src/audit/audit.h"
#include "src/core/settings.h"
#include "src/label/label.h"
#include "src/label/memo.h"
#include "src/protect/disclosed_keys.h"
#include "src/protect/disclosure.h"
#include "src/reader/policy.h"
#include "src/reader/reading.h"

PG_FUNCTION_INFO_V1(pkint_can_read);
PG_FUNCTION_INFO_V1(pkint_can_write);
PG_FUNCTION_INFO_V1(pkint_can_sign);
PG_FUNCTION_INFO_V1(pkint_session_clearance);
PG_FUNCTION_INFO_V1(pkint_default_label);
PG_FUNCTION_INFO_V1(pkint_cleared_level);
PG_FUNCTION_INFO_V1(pkint_whoami);
PG_FUNCTION_INFO_V1(pkint_readable_by);

#define MOST_RELATIONS 64

struct PkintReaderMark
{
	Oid			person;
	PkintClearance *clearance;	/* NULL: none */
	List	   *grants;
};

/* The reader for whom answers are remembered, and his clearance. */
static Oid	reader = InvalidOid;
static uint64 reader_stamp = 0;
static PkintClearance *reader_clearance = NULL; /* NULL: none */
static List *reader_grants = NIL;
static List *record_keys = NIL; /* caveats whose rows' keys go on record */
static MemoryContext reader_context = NULL;
static PkintReadRelation relations[MOST_RELATIONS];
static int	nrelations = 0;
static PkintReadRelation *last_relation = NULL;

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

/* A person's clearance as it is now, in the current context; NULL if none. */
static PkintClearance *
ClearanceOf(const PkintPolicy *policy)
{
	if (!policy->cleared)
		return NULL;
	return pkint_clearance_build(policy->level,
								 ListToStrings(policy->caveats),
								 list_length(policy->caveats),
								 false,
								 ListToStrings(policy->reads_units),
								 list_length(policy->reads_units));
}

/* Are these the same, or both none? */
static bool
SameClearance(const PkintClearance *a, const PkintClearance *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return pkint_label_same(a, b);
}

/* Forget what is remembered of tables; what was counted there is reported. */
static void
ForgetRelations(void)
{
	if (pkint_disclosure_waits())
		pkint_disclosure_announce();
	pkint_disclosure_report(true);
	for (int i = 0; i < nrelations; i++)
	{
		pkint_memo_reset(&relations[i].memo, "pkint readable labels");
		relations[i].granted = NULL;
		relations[i].probes = 0;
	}
	nrelations = 0;
	last_relation = NULL;
}

/* Strings in memory of our own. */
static List *
CopyStrings(List *strings)
{
	List	   *copy = NIL;
	ListCell   *lc;

	foreach(lc, strings)
		copy = lappend(copy, pstrdup(lfirst(lc)));
	return copy;
}

/* Are these the same strings, in the same order? */
static bool
SameStrings(List *a, List *b)
{
	if (list_length(a) != list_length(b))
		return false;
	for (int i = 0; i < list_length(a); i++)
		if (strcmp(list_nth(a, i), list_nth(b, i)) != 0)
			return false;
	return true;
}

/* The grants of a policy in memory of our own. */
static List *
CopyGrants(List *grants)
{
	List	   *copy = NIL;
	ListCell   *lc;

	foreach(lc, grants)
	{
		PkintGrant *from = lfirst(lc);
		PkintGrant *to = palloc(sizeof(PkintGrant));

		*to = *from;
		to->caveats = CopyStrings(from->caveats);
		copy = lappend(copy, to);
	}
	return copy;
}

/* Is a grant of this number in a list? */
static bool
HasGrant(List *grants, int64 id)
{
	ListCell   *lc;

	foreach(lc, grants)
		if (((PkintGrant *) lfirst(lc))->id == id)
			return true;
	return false;
}

/* Are all grants of one list in the other? */
static bool
GrantsAmong(List *some, List *all)
{
	ListCell   *lc;

	foreach(lc, some)
		if (!HasGrant(all, ((PkintGrant *) lfirst(lc))->id))
			return false;
	return true;
}

/* The reader is the same, but rows may have been opened or closed. */
static void
ForgetGranted(void)
{
	for (int i = 0; i < nrelations; i++)
	{
		relations[i].granted = NULL;
		relations[i].probes = 0;
	}
}

/*
 * Another reader, or a policy that may have changed.  Where it has not changed
 * for him, what is remembered stays.
 */
static void
ChangeReader(Oid person, uint64 stamp)
{
	const PkintPolicy *policy;
	PkintClearance *fresh;
	MemoryContext old;

	pkint_require_preload();
	policy = pkint_policy_of(person);
	fresh = ClearanceOf(policy);
	if (reader == person && SameClearance(fresh, reader_clearance) &&
		SameStrings(policy->record_keys, record_keys) &&
		list_length(policy->grants) == list_length(reader_grants) &&
		GrantsAmong(policy->grants, reader_grants))
	{
		ForgetGranted();
		reader_stamp = stamp;
		return;
	}
	ForgetRelations();
	reader = InvalidOid;
	reader_clearance = NULL;
	reader_grants = NIL;
	record_keys = NIL;
	pkint_keys_of_caveats(NIL);
	if (reader_context == NULL)
		reader_context = AllocSetContextCreate(CacheMemoryContext, "pkint reader",
											   ALLOCSET_SMALL_SIZES);
	MemoryContextReset(reader_context);
	pkint_disclosure_reader(person);
	old = MemoryContextSwitchTo(reader_context);
	if (fresh != NULL)
		reader_clearance = (PkintClearance *)
			DatumGetPointer(datumCopy(PointerGetDatum(fresh), false, -1));
	reader_grants = CopyGrants(policy->grants);
	record_keys = CopyStrings(policy->record_keys);
	pkint_keys_of_caveats(record_keys);
	MemoryContextSwitchTo(old);
	reader_stamp = stamp;
	reader = person;
}

/* See to it that what is remembered is for whom is reading now. */
static inline void
KnowReader(void)
{
	uint64		stamp = pkint_policy_stamp();
	Oid			person = pkint_reading_person();

	if (unlikely(stamp != reader_stamp || person != reader))
		ChangeReader(person, stamp);
}

/* What the reader can read now, to be compared later; in the current context. */
PkintReaderMark *
pkint_reader_mark(void)
{
	PkintReaderMark *mark = palloc0(sizeof(PkintReaderMark));

	KnowReader();
	mark->person = reader;
	if (reader_clearance != NULL)
		mark->clearance = (PkintClearance *)
			DatumGetPointer(datumCopy(PointerGetDatum(reader_clearance), false, -1));
	mark->grants = CopyGrants(reader_grants);
	return mark;
}

/* The clearance that reads now. */
const PkintClearance *
pkint_reader_clearance(void)
{
	KnowReader();
	return reader_clearance;
}

/* Clearance and grants of one moment: asked for one by one they may be of two. */
const PkintClearance *
pkint_reader_now(List **grants)
{
	KnowReader();
	*grants = reader_grants;
	return reader_clearance;
}

/* What has been opened to the reader. */
List *
pkint_reader_grants(void)
{
	KnowReader();
	return reader_grants;
}

/* Can the same person still read the same?  More he may. */
bool
pkint_reader_still(const PkintReaderMark *mark)
{
	KnowReader();
	return reader == mark->person &&
		SameClearance(reader_clearance, mark->clearance) &&
		GrantsAmong(mark->grants, reader_grants);
}

/* What is remembered for a table. */
PkintReadRelation *
pkint_read_relation(Oid relid)
{
	PkintReadRelation *relation;

	for (int i = 0; i < nrelations; i++)
		if (relations[i].relid == relid)
			return &relations[i];
	if (nrelations == MOST_RELATIONS)
		ForgetRelations();
	relation = &relations[nrelations];
	relation->relid = relid;
	relation->unkept = NULL;
	relation->granted = NULL;
	relation->probes = 0;
	pkint_memo_reset(&relation->memo, "pkint readable labels");
	nrelations++;
	return relation;
}

/* The counter of a row under a label that is not remembered. */
static PkintDisclosure *
UnkeptCounter(PkintReadRelation *relation)
{
	if (relation->unkept == NULL)
		relation->unkept = pkint_disclosure_make(relation->memo.context,
												 relation->relid, NULL);
	return relation->unkept;
}

/* Does this row's key go on record? */
static inline bool
WantsKey(const PkintDisclosure *disclosure, const PkintLabel *label)
{
	return disclosure->wants_keys ||
		(disclosure->label == NULL && pkint_keys_wanted(label));
}

/* Count a row that was granted, though its label could not be read. */
void
pkint_count_granted(PkintReadRelation *relation, const PkintLabel *label,
					const char *key)
{
	uint32		hash = 0;
	PkintDisclosure *disclosure;
	PkintMemoEntry *entry = pkint_memo_find(&relation->memo, PKINT_BODY(label),
											PKINT_BODY_LEN(label), &hash);

	if (entry == NULL)
		entry = pkint_memo_add(&relation->memo, PKINT_BODY(label),
							   PKINT_BODY_LEN(label), hash,
							   pkint_label_readable(label, reader_clearance));
	if (entry == NULL)
		disclosure = UnkeptCounter(relation);
	else
	{
		if (entry->extra == NULL)
			entry->extra = pkint_disclosure_make(relation->memo.context,
													  relation->relid, label);
		disclosure = entry->extra;
	}
	pkint_disclosure_count(disclosure);
	if (WantsKey(disclosure, label))
		pkint_key_disclosed(disclosure, relation->relid, label, key);
}

/* Work the answer for a label out, and remember it. */
static bool
DecideLabel(PkintReadRelation *relation, const PkintLabel *label, uint32 hash,
			PkintDisclosure **counter)
{
	bool		readable = pkint_label_readable(label, reader_clearance);
	PkintMemoEntry *entry = pkint_memo_add(&relation->memo, PKINT_BODY(label),
										   PKINT_BODY_LEN(label), hash, readable);

	if (!readable || !OidIsValid(relation->relid))
		return readable;
	if (entry == NULL)
		*counter = UnkeptCounter(relation);
	else
		*counter = entry->extra =
			pkint_disclosure_make(relation->memo.context, relation->relid, label);
	pkint_disclosure_count(*counter);
	return readable;
}

/*
 * May the reading person read a row with this label?  With a table it counts
 * as disclosed if he may; "counter" is where.
 */
static inline bool
MayRead(const PkintLabel *label, Oid relid, PkintDisclosure **counter)
{
	uint32		hash = 0;
	PkintMemoEntry *known;

	KnowReader();
	if (reader_clearance == NULL)
		return false;
	if (unlikely(last_relation == NULL || last_relation->relid != relid))
		last_relation = pkint_read_relation(relid);
	known = pkint_memo_find(&last_relation->memo, PKINT_BODY(label),
							PKINT_BODY_LEN(label), &hash);
	if (unlikely(known == NULL))
		return DecideLabel(last_relation, label, hash, counter);
	if (known->answer == 0)
		return false;
	if (known->extra != NULL)
	{
		pkint_disclosure_count(known->extra);
		*counter = known->extra;
	}
	return true;
}

/* May the reading person read this label? */
bool
pkint_may_read(const PkintLabel *label)
{
	PkintDisclosure *counter = NULL;

	return MayRead(label, InvalidOid, &counter);
}

/* can_read(label [, relation [, key]]): false for NULL and for readers not cleared */
Datum
pkint_can_read(PG_FUNCTION_ARGS)
{
	PkintLabel *label;
	bool		readable;
	PkintDisclosure *counter = NULL;

	if (PG_ARGISNULL(0) || (PG_NARGS() > 1 && PG_ARGISNULL(1)))
	{
		pkint_require_preload();
		PG_RETURN_BOOL(false);
	}
	label = PG_GETARG_PKINT_LABEL(0);
	readable = MayRead(label, PG_NARGS() > 1 ? PG_GETARG_OID(1) : InvalidOid,
					   &counter);
	if (unlikely(counter != NULL && WantsKey(counter, label)) &&
		PG_NARGS() > 2 && !PG_ARGISNULL(2))
		pkint_key_disclosed(counter, PG_GETARG_OID(1), label,
							pkint_key_text(fcinfo, 2));
	PG_FREE_IF_COPY(label, 0);
	PG_RETURN_BOOL(readable);
}

/* readable_by(person, label) */
Datum
pkint_readable_by(PG_FUNCTION_ARGS)
{
	PkintClearance *clearance = ClearanceOf(pkint_policy_of(PG_GETARG_OID(0)));

	PG_RETURN_BOOL(clearance != NULL &&
				   pkint_label_readable(PG_GETARG_PKINT_LABEL(1), clearance));
}

/* session_clearance(): NULL without a valid one */
Datum
pkint_session_clearance(PG_FUNCTION_ARGS)
{
	KnowReader();
	if (reader_clearance == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(datumCopy(PointerGetDatum(reader_clearance), false, -1));
}

/* --- writing ------------------------------------------------------------------ */

static bool
ListHas(List *list, const char *code)
{
	ListCell   *lc;

	foreach(lc, list)
		if (strcmp(lfirst(lc), code) == 0)
			return true;
	return false;
}

/* Those codes that the list has too. */
static List *
CodesAmong(const PkintCodes *codes, List *list)
{
	List	   *result = NIL;

	for (const char *code = pkint_codes_first(codes); code != NULL;
		 code = pkint_codes_next(codes, code))
		if (ListHas(list, code))
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
NearestLabel(const PkintMarking *marking, const PkintPolicy *policy)
{
	List	   *caveats = CodesAmong(&marking->caveats, policy->caveats);
	List	   *audience = CodesAsList(&marking->units);
	List	   *originators = CodesAsList(&marking->originators);
	char	   *own;

	if (policy->units == NIL)
		return NULL;
	own = linitial(policy->units);
	if (!marking->units.all &&
		CodesAmong(&marking->units, policy->reads_units) == NIL)
		audience = lappend(audience, own);
	if (!MaySign(marking, policy->units))
		originators = list_make1(own);
	return pkint_label_text(pkint_label_build(Min(marking->level, policy->level),
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
	const PkintPolicy *policy = pkint_policy_of(pkint_reading_person());
	char	   *nearest = policy->cleared ? NearestLabel(marking, policy) : NULL;
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
 * What somebody may do with a label, remembered for each label that he writes.
 * Good for one person under one policy stamp: whose name he may put to a row
 * can change while what he may read stays the same.
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
	if (MaySign(&marking, pkint_policy_of(pkint_reading_person())->units))
		answer |= ANSWER_SIGNS;
	return answer;
}

/* The same, remembered. */
static uint32
WritingAnswer(const PkintLabel *label)
{
	uint64		stamp = pkint_policy_stamp();
	Oid			person = pkint_reading_person();
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

/* default_label(): CONFIDENTIAL, to and by the only unit that one has */
Datum
pkint_default_label(PG_FUNCTION_ARGS)
{
	const PkintPolicy *policy;
	const char *unit;

	pkint_require_preload();
	policy = pkint_policy_of(pkint_reading_person());
	if (list_length(policy->units) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("there is no default label for \"%s\"",
						GetUserNameFromId(pkint_reading_person(), false)),
				 policy->units == NIL
				 ? errdetail("A default label needs a unit, and this role is in none.")
				 : errdetail("A default label needs one unit, and this role is in several."),
				 errhint("Write the label out, like 'CONFIDENTIAL//REL JMAC//ORIG JMAC', or give the table a default.")));
	unit = linitial(policy->units);
	PG_RETURN_POINTER(pkint_label_build(1, NULL, 0, false, &unit, 1, &unit, 1));
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

/* What somebody should know who wonders at what he sees; or NULL. */
static char *
RemarkFor(Oid person, const PkintPolicy *policy)
{
	char	   *officers = pkint_holder_names(PKINT_SECURITY_OFFICER, NULL);

	if (superuser_arg(person))
		return pstrdup(_("A superuser is not bound by row security: what is read so is not need to know."));
	if (!policy->cleared)
		return officers
			? psprintf(_("Without a clearance no protected row can be read. Ask %s."), officers)
			: pstrdup(_("Without a clearance no protected row can be read. A superuser appoints the first security officer."));
	if (policy->units == NIL)
		return pstrdup(_("In no unit: only what is released to all can be read."));
	return NULL;
}

/* whoami(): one row about the reading person */
Datum
pkint_whoami(PG_FUNCTION_ARGS)
{
	Oid			person = pkint_reading_person();
	const PkintPolicy *policy;
	TupleDesc	tupdesc;
	Datum		values[9];
	bool		nulls[9] = {0};
	PkintClearance *clearance;
	char	   *remark;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	policy = pkint_policy_of(person);
	/* the clearance first: looking others up makes policy_of() forget */
	clearance = ClearanceOf(policy);
	values[0] = CStringGetDatum(GetUserNameFromId(person, false));
	values[0] = DirectFunctionCall1(namein, values[0]);
	values[1] = DirectFunctionCall1(namein,
									CStringGetDatum(GetUserNameFromId(GetSessionUserId(), false)));
	values[2] = BoolGetDatum(GetSessionUserId() == person);
	values[3] = PointerGetDatum(clearance);
	nulls[3] = clearance == NULL;
	values[4] = TimestampTzGetDatum(policy->cleared_until);
	nulls[4] = clearance == NULL;
	values[5] = StringsToArray(policy->units);
	values[6] = StringsToArray(policy->reads_units);
	values[7] = StringsToArray(DutiesInWords(policy->duties));
	remark = RemarkFor(person, policy);
	nulls[8] = remark == NULL;
	values[8] = remark ? CStringGetTextDatum(remark) : (Datum) 0;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc),
													  values, nulls)));
}
