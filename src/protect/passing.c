/*
 * passing.c
 *	  What the policies of protected tables ask for every row.
 *
 * can_read() and granted() decide by what the room reader says, remember the
 * answer for each distinct label of a table, and count the rows that pass: what
 * was disclosed goes on record.
 *
 * A row counts where the call stands in the policy of a table that a statement
 * scans (sites.c).  Called by hand the functions answer and count nothing: else
 * anybody could write into the record what nobody has read.
 *
 * What is remembered is good for one reader, as long as their serial number stays
 * the same.  Finding an answer may bring news of a change; so no pointer into
 * what is remembered is kept across that, and all is looked up again after it.
 */
#include "src/core/compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "src/core/key_text.h"
#include "src/core/settings.h"
#include "src/label/label.h"
#include "src/label/memo.h"
#include "src/protect/disclosed_keys.h"
#include "src/protect/disclosure.h"
#include "src/protect/passing.h"
#include "src/reader/decide.h"

PG_FUNCTION_INFO_V1(pkint_can_read);
PG_FUNCTION_INFO_V1(pkint_granted);
PG_FUNCTION_INFO_V1(pkint_granted_keys);
PG_FUNCTION_INFO_V1(pkint_at_execution);

#define MOST_RELATIONS 64

/* What answers and counters may take, of all tables together. */
#define MOST_BYTES (32 * 1024 * 1024)

/* What is remembered for one table. */
typedef struct PassedRelation
{
	Oid			relid;			/* InvalidOid: where nothing is counted */
	PkintMemo	memo;
	PkintDisclosure *unkept;	/* rows of labels that are not remembered */
} PassedRelation;

/* What is known of the place that a call stands in. */
typedef struct CallSite
{
	bool		counts;
	PkintKeyType key;			/* of the row's key, once it is needed */
} CallSite;

static PassedRelation relations[MOST_RELATIONS];
static int	nrelations = 0;
static PassedRelation *last_relation = NULL;
static Size remembered = 0;		/* bytes, about */
static uint64 known_serial = 0;	/* for which reader */

/* --- remembering ---------------------------------------------------------------- */

/* Forget all answers; what was counted is reported first. */
static void
ForgetAll(void)
{
	if (pkint_disclosure_waits())
		pkint_disclosure_announce();
	pkint_disclosure_report();
	last_relation = NULL;
	for (int i = 0; i < nrelations; i++)
	{
		relations[i].unkept = NULL;
		pkint_memo_reset(&relations[i].memo, "pkint readable labels");
	}
	nrelations = 0;
	remembered = 0;
}

/* See to it that what is remembered is of who reads now. */
static inline const PkintReaderKnown *
KnowReader(void)
{
	const PkintReaderKnown *known = pkint_reader_now();

	while (unlikely(known->serial != known_serial))
	{
		uint64		serial = known->serial;

		ForgetAll();
		pkint_disclosure_reader(known->person);
		pkint_keys_of_caveats(pkint_record_caveats());
		known_serial = serial;
		known = pkint_reader_now();
	}
	return known;
}

/* What is remembered for a table. */
static PassedRelation *
FindRelation(Oid relid)
{
	PassedRelation *relation;

	if (likely(last_relation != NULL && last_relation->relid == relid))
		return last_relation;
	for (int i = 0; i < nrelations; i++)
		if (relations[i].relid == relid)
			return last_relation = &relations[i];
	if (nrelations == MOST_RELATIONS)
		ForgetAll();
	relation = &relations[nrelations];
	relation->relid = relid;
	relation->unkept = NULL;
	pkint_memo_reset(&relation->memo, "pkint readable labels");
	nrelations++;
	return last_relation = relation;
}

/* Remember an answer; NULL where it is not kept. */
static PkintMemoEntry *
Remember(Oid relid, const PkintLabel *label, bool readable)
{
	PassedRelation *relation;
	uint32		hash = 0;
	PkintMemoEntry *entry;

	if (remembered > MOST_BYTES)
		ForgetAll();
	relation = FindRelation(relid);
	entry = pkint_memo_find(&relation->memo, PKINT_BODY(label), PKINT_BODY_LEN(label), &hash);
	if (entry != NULL)
		return entry;
	remembered += 4 * sizeof(PkintMemoEntry) + 2 * PKINT_BODY_LEN(label);
	return pkint_memo_add(&relation->memo, PKINT_BODY(label), PKINT_BODY_LEN(label),
						  hash, readable);
}

/* The answer for a label, worked out and remembered. */
static PkintMemoEntry *
Decide(Oid relid, const PkintLabel *label, bool *readable)
{
	*readable = pkint_reader_reads(label);
	/* news may have come in with the answer */
	(void) KnowReader();
	return Remember(relid, label, *readable);
}

/* --- counting ---------------------------------------------------------------------- */

/* The counter of a row under a label; "entry" is NULL where that is not remembered. */
static PkintDisclosure *
CounterOf(Oid relid, const PkintLabel *label, PkintMemoEntry *entry)
{
	PassedRelation *relation = FindRelation(relid);

	if (entry == NULL)
	{
		if (relation->unkept == NULL)
			relation->unkept = pkint_disclosure_make(relation->memo.context, relid, NULL);
		return relation->unkept;
	}
	if (entry->extra == NULL)
		entry->extra = pkint_disclosure_make(relation->memo.context, relid, label);
	return entry->extra;
}

/* Does this row's key go on record? */
static inline bool
WantsKey(const PkintDisclosure *counter, const PkintLabel *label)
{
	return counter->wants_keys || (counter->label == NULL && pkint_keys_wanted(label));
}

/* --- the place of a call ----------------------------------------------------------- */

static CallSite *
SiteOf(FunctionCallInfo fcinfo)
{
	CallSite   *site = fcinfo->flinfo->fn_extra;

	if (likely(site != NULL))
		return site;
	site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallSite));
	site->counts = pkint_site_counts(fcinfo->flinfo->fn_expr);
	fcinfo->flinfo->fn_extra = site;
	return site;
}

/* The key of a row as text. */
static char *
KeyText(CallSite *site, FunctionCallInfo fcinfo, int arg)
{
	if (!OidIsValid(site->key.type))
		pkint_key_type(&site->key, get_fn_expr_argtype(fcinfo->flinfo, arg),
					   fcinfo->flinfo->fn_mcxt);
	return pkint_key_out(&site->key, PG_GETARG_DATUM(arg));
}

/* --- can_read ------------------------------------------------------------------------ */

/* Count a row that passes; its key goes on record where that is wanted. */
static void
CountWithKey(Oid relid, const PkintLabel *label, const char *key)
{
	bool		readable;
	PkintMemoEntry *entry = Decide(relid, label, &readable);
	PkintDisclosure *counter = CounterOf(relid, label, entry);

	pkint_disclosure_count(counter);
	if (WantsKey(counter, label))
		pkint_key_disclosed(counter, relid, label, key);
}

/* can_read() where it stands in a policy: a row that passes counts. */
static bool
RowMayBeRead(FunctionCallInfo fcinfo, CallSite *site, const PkintLabel *label)
{
	Oid			relid = PG_GETARG_OID(1);
	PkintMemoEntry *entry;
	PkintDisclosure *counter;
	uint32		hash;
	bool		readable;

	entry = pkint_memo_find(&FindRelation(relid)->memo, PKINT_BODY(label),
							PKINT_BODY_LEN(label), &hash);
	if (likely(entry != NULL))
		readable = entry->answer != 0;
	else
		entry = Decide(relid, label, &readable);
	if (!readable)
		return false;
	counter = likely(entry != NULL && entry->extra != NULL) ? entry->extra
		: CounterOf(relid, label, entry);
	if (likely(!WantsKey(counter, label)) || PG_NARGS() < 3 || PG_ARGISNULL(2))
		pkint_disclosure_count(counter);
	else
		/* a type's output function may do anything: all is looked up after it */
		CountWithKey(relid, label, KeyText(site, fcinfo, 2));
	return true;
}

/* May a label be read, where nothing is counted? */
static bool
LabelMayBeRead(const PkintLabel *label)
{
	uint32		hash;
	PkintMemoEntry *entry = pkint_memo_find(&FindRelation(InvalidOid)->memo, PKINT_BODY(label),
											PKINT_BODY_LEN(label), &hash);
	bool		readable;

	if (likely(entry != NULL))
		return entry->answer != 0;
	(void) Decide(InvalidOid, label, &readable);
	return readable;
}

/* can_read(label [, relation [, key]]): false for NULL and for readers not cleared */
Datum
pkint_can_read(PG_FUNCTION_ARGS)
{
	PkintLabel *label;
	CallSite   *site;
	bool		readable;

	if (!KnowReader()->cleared || PG_ARGISNULL(0) || (PG_NARGS() > 1 && PG_ARGISNULL(1)))
		PG_RETURN_BOOL(false);
	label = PG_GETARG_PKINT_LABEL(0);
	site = PG_NARGS() > 1 ? SiteOf(fcinfo) : NULL;
	readable = site != NULL && site->counts ? RowMayBeRead(fcinfo, site, label)
		: LabelMayBeRead(label);
	PG_FREE_IF_COPY(label, 0);
	PG_RETURN_BOOL(readable);
}

/* --- granted --------------------------------------------------------------------------- */

/* granted(relation, key, label) */
Datum
pkint_granted(PG_FUNCTION_ARGS)
{
	const PkintReaderKnown *reader = KnowReader();
	PkintLabel *label;
	CallSite   *site;
	char	   *key;

	if (likely(!reader->has_grants) || !reader->cleared ||
		PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_BOOL(false);
	site = SiteOf(fcinfo);
	label = PG_GETARG_PKINT_LABEL(2);
	key = KeyText(site, fcinfo, 1);
	if (!pkint_reader_granted(PG_GETARG_OID(0), key, label))
		PG_RETURN_BOOL(false);
	if (site->counts)
		CountWithKey(PG_GETARG_OID(0), label, key);
	PG_RETURN_BOOL(true);
}

/* granted_keys(relation, sample): an array of the sample's type */
Datum
pkint_granted_keys(PG_FUNCTION_ARGS)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	ArrayBuildState *state = initArrayResult(type, CurrentMemoryContext, false);
	PkintKeyType *key;
	ListCell   *lc;

	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(makeArrayResult(state, CurrentMemoryContext));
	key = pkint_key_argument(fcinfo, 1);
	foreach(lc, pkint_reader_open_keys(PG_GETARG_OID(0)))
		state = accumArrayResult(state, pkint_key_in(key, lfirst(lc)), false, type,
								 CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(state, CurrentMemoryContext));
}

/* at_execution(): nothing; for its type see passing_support.c. */
Datum
pkint_at_execution(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}
