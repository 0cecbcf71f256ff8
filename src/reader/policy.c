/*
 * policy.c
 *	  What the policy tables say about one person, remembered.
 *
 * The tables are read with a fresh catalog snapshot, whatever snapshot the
 * transaction has: a revocation that has committed binds the next statement of
 * a REPEATABLE READ transaction too, and parallel workers can read them.
 *
 * What was read is good as long as pkint_policy_stamp() stays the same: it
 * moves when a policy table may have changed, and when the time comes at which
 * something that was read begins or ends.  The latter is told by a timer, since
 * reading the clock for every row costs too much; as error recovery switches
 * timers off, each statement looks at the clock once and sets the timer anew.
 */
#include "src/reader/policy.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#include "src/core/catalog.h"
#include "src/core/clock.h"

/* Columns, in the order of people.sql. */
enum
{
	UNIT_CODE = 1, UNIT_PARENT = 3, UNIT_READS_SUB_UNITS = 5, UNIT_OPENED = 6,
	UNIT_CLOSED = 7
};
enum
{
	CAVEAT_CODE = 1, CAVEAT_RECORD_KEYS = 3
};
enum
{
	APPOINTMENT_PERSON = 2, APPOINTMENT_PERSON_NAME, APPOINTMENT_DUTY,
	APPOINTMENT_UNIT, APPOINTMENT_SINCE, APPOINTMENT_UNTIL, APPOINTMENT_ENDED
};
enum
{
	CLEARANCE_PERSON = 2, CLEARANCE_PERSON_NAME, CLEARANCE_LEVEL,
	CLEARANCE_CAVEATS, CLEARANCE_SINCE, CLEARANCE_UNTIL, CLEARANCE_ENDED
};
enum
{
	ASSIGNMENT_PERSON = 2, ASSIGNMENT_PERSON_NAME, ASSIGNMENT_UNIT,
	ASSIGNMENT_SINCE, ASSIGNMENT_UNTIL, ASSIGNMENT_ENDED
};
enum
{
	GRANT_ID = 1, GRANT_KIND, GRANT_PERSON, GRANT_PERSON_NAME, GRANT_UNIT, GRANT_SINCE,
	GRANT_UNTIL, GRANT_ENDED, GRANT_LEVEL, GRANT_CAVEATS
};
enum
{
	GRANT_ROW_GRANT = 1, GRANT_ROW_RELATION, GRANT_ROW_KEY, GRANT_ROW_CONSENTED,
	GRANT_ROW_OPEN
};

/* One row of pkint.unit, while units are looked at. */
typedef struct UnitRow
{
	char	   *code;
	char	   *parent;
	bool		reads_sub_units;
	bool		open;
	bool		read;			/* found to be readable */
	bool		below;			/* readable through a unit above it */
} UnitRow;

/* What a walk over the rows of a policy table carries along. */
typedef struct PolicyScan
{
	Relation	rel;
	SysScanDesc scan;
	HeapTuple	tuple;
	TimestampTz now;
	TimestampTz *recheck_at;
} PolicyScan;

static MemoryContext policy_context = NULL;
static HTAB *policies = NULL;
static uint64 policies_stamp = 0;

static TimeoutId expiry_timeout;
static bool expiry_registered = false;
static volatile sig_atomic_t expiry_due = false;
static TimestampTz next_expiry = DT_NOEND;
/* moves with time and with roles, as the generation moves with tables */
static uint64 expiries = 0;
/* how often the clock's mark had been set by hand when we last looked */
static uint32 clock_resets = 0;

/* The timer's handler: only says that it went off. */
static void
ExpiryHandler(void)
{
	expiry_due = true;
}

/*
 * A number that changes when what was read of the policy may no longer hold.
 * Cheap enough to be asked for every row.
 */
uint64
pkint_policy_stamp(void)
{
	if (unlikely(expiry_due))
	{
		expiry_due = false;
		expiries++;
		next_expiry = DT_NOEND;
	}
	/* both only grow, so that their sum never comes back to an older value */
	return pkint_policy_generation() + expiries;
}

/* Have the timer go off when the earliest thing remembered begins or ends. */
static void
ArmExpiry(TimestampTz at)
{
	if (at == DT_NOEND)
		return;
	if (!expiry_registered)
	{
		expiry_timeout = RegisterTimeout(USER_TIMEOUT, ExpiryHandler);
		expiry_registered = true;
	}
	if (at < next_expiry)
		next_expiry = at;
	if (next_expiry <= pkint_clock())
		expiry_due = true;
	else
		enable_timeout_at(expiry_timeout, next_expiry);
}

/*
 * Before each statement: learn what other sessions have changed, look at the
 * clock, and set the timer again where an error has switched it off.
 */
void
pkint_policy_begin_statement(void)
{
	if (!IsTransactionState())
		return;
	AcceptInvalidationMessages();
	if (unlikely(clock_resets != pkint_clock_resets()))
	{
		clock_resets = pkint_clock_resets();
		expiries++;
	}
	if (next_expiry == DT_NOEND)
		return;
	if (next_expiry <= pkint_clock())
		expiry_due = true;
	else if (!get_timeout_active(expiry_timeout))
		enable_timeout_at(expiry_timeout, next_expiry);
}

/* --- reading rows ----------------------------------------------------------- */

/* Start a walk over the rows of a policy table that keys describe. */
static bool
BeginKeyedScan(PolicyScan *walk, const char *table, const char *index,
			   ScanKey keys, int nkeys, TimestampTz now, TimestampTz *recheck_at)
{
	Oid			relid = pkint_relation(table);

	if (!OidIsValid(relid))
		return false;
	walk->rel = table_open(relid, AccessShareLock);
	walk->now = now;
	walk->recheck_at = recheck_at;
	walk->scan = systable_beginscan(walk->rel,
									index ? pkint_relation(index) : InvalidOid,
									index != NULL, NULL, nkeys, keys);
	return true;
}

/* The same for one person's rows, or all of them. */
static bool
BeginPolicyScan(PolicyScan *walk, const char *table, const char *index,
				Oid person, TimestampTz now, TimestampTz *recheck_at)
{
	ScanKeyData key;

	/* person is the second column of each table that is asked so */
	ScanKeyInit(&key, 2, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(person));
	return BeginKeyedScan(walk, table, index, &key, OidIsValid(person) ? 1 : 0,
						  now, recheck_at);
}

static bool
NextPolicyRow(PolicyScan *walk)
{
	CHECK_FOR_INTERRUPTS();
	walk->tuple = systable_getnext(walk->scan);
	return HeapTupleIsValid(walk->tuple);
}

static void
EndPolicyScan(PolicyScan *walk)
{
	systable_endscan(walk->scan);
	table_close(walk->rel, AccessShareLock);
}

static Datum
RowValue(PolicyScan *walk, int column, bool *isnull)
{
	return heap_getattr(walk->tuple, column, RelationGetDescr(walk->rel), isnull);
}

/* A text column as a string, or NULL. */
static char *
RowText(PolicyScan *walk, int column)
{
	bool		isnull;
	Datum		value = RowValue(walk, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* A time column; missing means that it never comes. */
static TimestampTz
RowTime(PolicyScan *walk, int column)
{
	bool		isnull;
	Datum		value = RowValue(walk, column, &isnull);

	return isnull ? DT_NOEND : DatumGetTimestampTz(value);
}

/* Does [since, until) hold now?  Remember when that answer changes. */
static bool
PeriodHolds(PolicyScan *walk, TimestampTz since, TimestampTz until)
{
	TimestampTz next = DT_NOEND;

	if (walk->now < since)
		next = since;
	else if (walk->now < until)
		next = until;
	if (next < *walk->recheck_at)
		*walk->recheck_at = next;
	return since <= walk->now && walk->now < until;
}

/*
 * Does a row about a person hold now?  Not where it was ended, nor where
 * oid and name no longer go together: the role was dropped, renamed or made
 * again, or the row comes from another server.
 */
static bool
PersonRowHolds(PolicyScan *walk, int name_column, int since_column,
			   int until_column, int ended_column)
{
	bool		isnull;
	Oid			person;
	Name		name;
	char	   *role;

	(void) RowValue(walk, ended_column, &isnull);
	if (!isnull)
		return false;
	if (!PeriodHolds(walk, RowTime(walk, since_column),
					 RowTime(walk, until_column)))
		return false;
	person = DatumGetObjectId(RowValue(walk, name_column - 1, &isnull));
	name = DatumGetName(RowValue(walk, name_column, &isnull));
	role = GetUserNameFromId(person, true);
	return role != NULL && strcmp(role, NameStr(*name)) == 0;
}

/* --- one person --------------------------------------------------------------- */

/* The level's number, as in labels. */
static int
LevelNumber(const char *level)
{
	if (strcmp(level, "UNCLASSIFIED") == 0)
		return 0;
	if (strcmp(level, "CONFIDENTIAL") == 0)
		return 1;
	if (strcmp(level, "STRICTLY CONFIDENTIAL") == 0)
		return 2;
	elog(ERROR, "unexpected level \"%s\"", level);
	return 0;
}

/* A text[] column as a list of strings. */
static List *
RowTexts(PolicyScan *walk, int column)
{
	bool		isnull;
	Datum	   *elems;
	bool	   *nulls;
	int			nelems;
	List	   *texts = NIL;

	deconstruct_array(DatumGetArrayTypeP(RowValue(walk, column, &isnull)),
					  TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &nelems);
	for (int i = 0; i < nelems; i++)
		if (!nulls[i])
			texts = lappend(texts, TextDatumGetCString(elems[i]));
	return texts;
}

static void
ReadClearance(PkintPolicy *policy, TimestampTz now)
{
	PolicyScan	walk;

	if (!BeginPolicyScan(&walk, "person_clearance", "person_clearance_person",
						 policy->person, now, &policy->recheck_at))
		return;
	while (NextPolicyRow(&walk))
	{
		if (!PersonRowHolds(&walk, CLEARANCE_PERSON_NAME, CLEARANCE_SINCE,
							CLEARANCE_UNTIL, CLEARANCE_ENDED))
			continue;
		/* one holds at a time; should there be two, the later one counts */
		policy->cleared = true;
		policy->level = LevelNumber(RowText(&walk, CLEARANCE_LEVEL));
		policy->cleared_until = RowTime(&walk, CLEARANCE_UNTIL);
		policy->caveats = RowTexts(&walk, CLEARANCE_CAVEATS);
	}
	EndPolicyScan(&walk);
}

/* All units, with what is known of each. */
static List *
ReadUnits(TimestampTz now, TimestampTz *recheck_at)
{
	PolicyScan	walk;
	List	   *rows = NIL;

	if (!BeginPolicyScan(&walk, "unit", NULL, InvalidOid, now, recheck_at))
		return NIL;
	while (NextPolicyRow(&walk))
	{
		UnitRow    *row = palloc0(sizeof(UnitRow));
		bool		isnull;

		row->code = RowText(&walk, UNIT_CODE);
		row->parent = RowText(&walk, UNIT_PARENT);
		row->reads_sub_units =
			DatumGetBool(RowValue(&walk, UNIT_READS_SUB_UNITS, &isnull));
		row->open = PeriodHolds(&walk, RowTime(&walk, UNIT_OPENED),
								RowTime(&walk, UNIT_CLOSED));
		rows = lappend(rows, row);
	}
	EndPolicyScan(&walk);
	return rows;
}

static UnitRow *
FindUnit(List *rows, const char *code)
{
	ListCell   *lc;

	foreach(lc, rows)
	{
		UnitRow    *row = lfirst(lc);

		if (strcmp(row->code, code) == 0)
			return row;
	}
	return NULL;
}

/*
 * Add what units marked reads_sub_units read below them, all the way down.  A
 * closed unit in between does not cut off what is under it.
 */
static void
SpreadDownwards(List *rows)
{
	bool		again = true;

	while (again)
	{
		ListCell   *lc;

		again = false;
		foreach(lc, rows)
		{
			UnitRow    *row = lfirst(lc);
			UnitRow    *parent = row->parent ? FindUnit(rows, row->parent) : NULL;

			if (row->below || parent == NULL)
				continue;
			if (parent->below || (parent->read && parent->reads_sub_units))
				row->below = again = true;
		}
	}
}

static void
ReadAssignments(PkintPolicy *policy, TimestampTz now)
{
	PolicyScan	walk;
	List	   *rows;
	ListCell   *lc;

	if (!BeginPolicyScan(&walk, "assignment", "assignment_person",
						 policy->person, now, &policy->recheck_at))
		return;
	rows = ReadUnits(now, &policy->recheck_at);
	while (NextPolicyRow(&walk))
	{
		UnitRow    *row;

		if (!PersonRowHolds(&walk, ASSIGNMENT_PERSON_NAME, ASSIGNMENT_SINCE,
							ASSIGNMENT_UNTIL, ASSIGNMENT_ENDED))
			continue;
		row = FindUnit(rows, RowText(&walk, ASSIGNMENT_UNIT));
		if (row != NULL && row->open && !row->read)
		{
			row->read = true;
			policy->units = lappend(policy->units, pstrdup(row->code));
		}
	}
	EndPolicyScan(&walk);
	SpreadDownwards(rows);
	foreach(lc, rows)
	{
		UnitRow    *row = lfirst(lc);

		if (row->open && (row->read || row->below))
			policy->reads_units = lappend(policy->reads_units, pstrdup(row->code));
	}
}

static void
ReadDuties(PkintPolicy *policy, TimestampTz now)
{
	PolicyScan	walk;

	if (!BeginPolicyScan(&walk, "appointment", "appointment_person",
						 policy->person, now, &policy->recheck_at))
		return;
	while (NextPolicyRow(&walk))
	{
		PkintDuty  *duty;

		if (!PersonRowHolds(&walk, APPOINTMENT_PERSON_NAME, APPOINTMENT_SINCE,
							APPOINTMENT_UNTIL, APPOINTMENT_ENDED))
			continue;
		duty = palloc(sizeof(PkintDuty));
		duty->duty = RowText(&walk, APPOINTMENT_DUTY);
		duty->unit = RowText(&walk, APPOINTMENT_UNIT);
		duty->until = RowTime(&walk, APPOINTMENT_UNTIL);
		policy->duties = lappend(policy->duties, duty);
	}
	EndPolicyScan(&walk);
}

/* One row of pkint.access_grant, if it holds now. */
static void
AddGrant(PkintPolicy *policy, PolicyScan *walk, bool to_person)
{
	PkintGrant *grant;
	bool		isnull;
	char	   *level;

	if (to_person)
	{
		if (!PersonRowHolds(walk, GRANT_PERSON_NAME, GRANT_SINCE, GRANT_UNTIL,
							GRANT_ENDED))
			return;
	}
	else
	{
		(void) RowValue(walk, GRANT_ENDED, &isnull);
		if (!isnull || !PeriodHolds(walk, RowTime(walk, GRANT_SINCE),
									RowTime(walk, GRANT_UNTIL)))
			return;
	}
	grant = palloc(sizeof(PkintGrant));
	grant->id = DatumGetInt64(RowValue(walk, GRANT_ID, &isnull));
	level = RowText(walk, GRANT_LEVEL);
	grant->level = level ? LevelNumber(level) : -1;
	grant->lifts = level && strcmp(RowText(walk, GRANT_KIND), "share") == 0;
	grant->caveats = RowTexts(walk, GRANT_CAVEATS);
	policy->grants = lappend(policy->grants, grant);
}

/* What has been opened to a person, and to each unit he is in. */
static void
ReadGrants(PkintPolicy *policy, TimestampTz now)
{
	PolicyScan	walk;
	ScanKeyData key;
	ListCell   *lc;

	ScanKeyInit(&key, GRANT_PERSON, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(policy->person));
	if (!BeginKeyedScan(&walk, "access_grant", "access_grant_person", &key, 1,
						now, &policy->recheck_at))
		return;
	while (NextPolicyRow(&walk))
		AddGrant(policy, &walk, true);
	EndPolicyScan(&walk);
	foreach(lc, policy->units)
	{
		ScanKeyEntryInitialize(&key, 0, GRANT_UNIT, BTEqualStrategyNumber, TEXTOID,
							   DEFAULT_COLLATION_OID, F_TEXTEQ,
							   CStringGetTextDatum(lfirst(lc)));
		if (!BeginKeyedScan(&walk, "access_grant", "access_grant_unit", &key, 1,
							now, &policy->recheck_at))
			return;
		while (NextPolicyRow(&walk))
			AddGrant(policy, &walk, false);
		EndPolicyScan(&walk);
	}
}

/* The caveats whose rows' keys go on record. */
static void
ReadRecordKeys(PkintPolicy *policy, TimestampTz now)
{
	PolicyScan	walk;

	if (!BeginPolicyScan(&walk, "caveat", NULL, InvalidOid, now, &policy->recheck_at))
		return;
	while (NextPolicyRow(&walk))
	{
		bool		isnull;

		if (DatumGetBool(RowValue(&walk, CAVEAT_RECORD_KEYS, &isnull)))
			policy->record_keys = lappend(policy->record_keys, RowText(&walk, CAVEAT_CODE));
	}
	EndPolicyScan(&walk);
}

/* Remember one open row, under the hash of its key. */
static void
AddOpenRow(HTAB *rows, char *key, const PkintGrant *grant)
{
	uint32		hash = hash_bytes((unsigned char *) key, strlen(key));
	PkintOpenRow *row;
	PkintOpenKey *open = palloc(sizeof(PkintOpenKey));
	bool		found;

	open->key = key;
	open->grant = grant;
	row = hash_search(rows, &hash, HASH_ENTER, &found);
	if (!found)
		row->keys = NIL;
	row->keys = lappend(row->keys, open);
}

/* Start a walk over the rows of a table that a grant lists, or the one with this key. */
static bool
BeginGrantRows(PolicyScan *walk, const PkintGrant *grant, Oid relid,
			   const char *key, TimestampTz *recheck_at)
{
	ScanKeyData keys[3];

	ScanKeyInit(&keys[0], GRANT_ROW_GRANT, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(grant->id));
	ScanKeyInit(&keys[1], GRANT_ROW_RELATION, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	if (key != NULL)
		ScanKeyEntryInitialize(&keys[2], 0, GRANT_ROW_KEY, BTEqualStrategyNumber,
							   TEXTOID, DEFAULT_COLLATION_OID, F_TEXTEQ,
							   CStringGetTextDatum(key));
	return BeginKeyedScan(walk, "access_grant_row", "access_grant_row_pkey",
						  keys, key != NULL ? 3 : 2, 0, recheck_at);
}

/* Does a grant open the row of a table that has this key? */
bool
pkint_grant_has_row(const PkintGrant *grant, Oid relid, const char *key)
{
	TimestampTz ignored = DT_NOEND;
	PolicyScan	walk;
	bool		found;
	bool		isnull;

	if (!BeginGrantRows(&walk, grant, relid, key, &ignored))
		return false;
	found = NextPolicyRow(&walk) &&
		DatumGetBool(RowValue(&walk, GRANT_ROW_OPEN, &isnull));
	EndPolicyScan(&walk);
	return found;
}

/* The rows of a table that these grants open; made in "context". */
HTAB *
pkint_granted_rows(List *grants, Oid relid, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	TimestampTz ignored = DT_NOEND;
	HASHCTL		ctl;
	HTAB	   *rows;
	ListCell   *lc;

	ctl.keysize = sizeof(uint32);
	ctl.entrysize = sizeof(PkintOpenRow);
	ctl.hcxt = context;
	rows = hash_create("pkint granted rows", 64, &ctl,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	foreach(lc, grants)
	{
		PkintGrant *grant = lfirst(lc);
		PolicyScan	walk;
		bool		isnull;

		if (!BeginGrantRows(&walk, grant, relid, NULL, &ignored))
			break;
		while (NextPolicyRow(&walk))
			if (DatumGetBool(RowValue(&walk, GRANT_ROW_OPEN, &isnull)))
				AddOpenRow(rows, RowText(&walk, GRANT_ROW_KEY), grant);
		EndPolicyScan(&walk);
	}
	MemoryContextSwitchTo(old);
	return rows;
}

/* --- remembering ------------------------------------------------------------- */

/* Forget everybody. */
static void
ResetPolicies(uint64 stamp)
{
	HASHCTL		ctl;

	if (policy_context == NULL)
		policy_context = AllocSetContextCreate(CacheMemoryContext,
											   "pkint policy",
											   ALLOCSET_DEFAULT_SIZES);
	/* should the table not come to be, then there is none */
	policies = NULL;
	MemoryContextReset(policy_context);
	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(PkintPolicy);
	ctl.hcxt = policy_context;
	policies = hash_create("pkint policy", 16, &ctl,
						   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	policies_stamp = stamp;
}

/*
 * What holds for a person now.  Read in a context of its own first, so that an
 * error on the way leaves nothing half remembered.
 */
const PkintPolicy *
pkint_policy_of(Oid person)
{
	uint64		stamp = pkint_policy_stamp();
	PkintPolicy fresh;
	PkintPolicy *kept;
	MemoryContext old;

	if (policies == NULL || policies_stamp != stamp)
		ResetPolicies(stamp);
	kept = hash_search(policies, &person, HASH_FIND, NULL);
	if (kept != NULL)
		return kept;

	memset(&fresh, 0, sizeof(fresh));
	fresh.person = person;
	fresh.recheck_at = DT_NOEND;
	old = MemoryContextSwitchTo(policy_context);
	ReadClearance(&fresh, pkint_clock());
	ReadAssignments(&fresh, pkint_clock());
	ReadDuties(&fresh, pkint_clock());
	ReadGrants(&fresh, pkint_clock());
	ReadRecordKeys(&fresh, pkint_clock());
	MemoryContextSwitchTo(old);

	kept = hash_search(policies, &person, HASH_ENTER, NULL);
	*kept = fresh;
	ArmExpiry(fresh.recheck_at);
	return kept;
}

/*
 * The people who hold a duty now, as a list of oids: for this unit, or for any
 * where no unit is given.
 */
List *
pkint_duty_holders_now(const char *duty, const char *unit)
{
	PolicyScan	walk;
	TimestampTz ignored = DT_NOEND;
	List	   *holders = NIL;

	if (!BeginPolicyScan(&walk, "appointment", NULL, InvalidOid,
						 pkint_clock(), &ignored))
		return NIL;
	while (NextPolicyRow(&walk))
	{
		bool		isnull;
		char	   *of_unit;

		if (strcmp(RowText(&walk, APPOINTMENT_DUTY), duty) != 0 ||
			!PersonRowHolds(&walk, APPOINTMENT_PERSON_NAME, APPOINTMENT_SINCE,
							APPOINTMENT_UNTIL, APPOINTMENT_ENDED))
			continue;
		of_unit = RowText(&walk, APPOINTMENT_UNIT);
		if (unit == NULL || of_unit == NULL || strcmp(unit, of_unit) == 0)
			holders = list_append_unique_oid(holders,
											 DatumGetObjectId(RowValue(&walk, APPOINTMENT_PERSON, &isnull)));
	}
	EndPolicyScan(&walk);
	return holders;
}

/* A role was made, renamed or dropped: names may go with other oids now. */
static void
RolesChanged(Datum arg, int cacheid, uint32 hashvalue)
{
	expiries++;
}

/* What the policy is read from. */
void
pkint_policy_init(void)
{
	CacheRegisterSyscacheCallback(AUTHOID, RolesChanged, (Datum) 0);
	pkint_watch_relation("unit");
	pkint_watch_relation("caveat");
	pkint_watch_relation("appointment");
	pkint_watch_relation("person_clearance");
	pkint_watch_relation("assignment");
	pkint_watch_relation("protected_table");
	pkint_watch_relation("access_grant");
	pkint_watch_relation("access_grant_row");
	pkint_watch_relation("share");
}
