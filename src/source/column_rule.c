/*
 * column_rule.c
 *	  Which columns are hidden, shown changed, or set by the server alone.
 *
 * The rules lie in pkint.column_rule and pkint.kept_column, a row for each part
 * of a table.  They are remembered for all tables at once, as there are few.  A
 * rule holds for a table's parts and for whatever the table is a part of, found
 * anew whenever a table's parents or children change: a column is as hidden
 * through the parent as it is in the child.
 *
 * The tables are read with a fresh catalog snapshot: a rule that has committed
 * binds the next statement of a REPEATABLE READ transaction too.
 */
#include "src/source/column_rule.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "src/core/catalog.h"

static MemoryContext rules_context = NULL;
static HTAB *rules_by_table = NULL;
static uint64 rules_generation = 0;

/* has a table with rules, its parents or its columns changed since? */
static bool rules_stale = true;
static bool rules_reading = false;

/*
 * Relcache callback: a table with rules has changed, or everything may have.
 * While rules are being read it is not known yet which tables have any.
 */
static void
TableInvalidated(Datum arg, Oid relid)
{
	if (rules_stale || rules_by_table == NULL)
		return;
	if (rules_reading || !OidIsValid(relid) ||
		hash_search(rules_by_table, &relid, HASH_FIND, NULL) != NULL)
		rules_stale = true;
}

/* Called once, from the room's init function. */
void
pkint_column_rule_init(void)
{
	pkint_watch_relation("column_rule");
	pkint_watch_relation("kept_column");
	CacheRegisterRelcacheCallback(TableInvalidated, (Datum) 0);
}

/* A column of a row of a table of ours, by name, as text; NULL if it is null. */
static char *
TextOf(Relation rel, HeapTuple tuple, const char *column)
{
	AttrNumber	attnum = get_attnum(RelationGetRelid(rel), column);
	Oid			output;
	bool		varlena;
	bool		isnull;
	Datum		value;

	if (attnum <= 0)
		elog(ERROR, "there is no column \"%s\" in \"%s\"", column, RelationGetRelationName(rel));
	value = heap_getattr(tuple, attnum, RelationGetDescr(rel), &isnull);
	if (isnull)
		return NULL;
	getTypeOutputInfo(get_atttype(RelationGetRelid(rel), attnum), &output, &varlena);
	return OidOutputFunctionCall(output, value);
}

/* The table that a row is about. */
static Oid
RelationOf(Relation rel, HeapTuple tuple)
{
	bool		isnull;

	return DatumGetObjectId(heap_getattr(tuple, get_attnum(RelationGetRelid(rel), "relation"),
										 RelationGetDescr(rel), &isnull));
}

/* Add the parents of a table to a list, and theirs. */
static List *
AddParents(Oid relid, List *tables)
{
	Relation	inherits = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *parents = NIL;
	ListCell   *lc;

	check_stack_depth();
	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		parents = lappend_oid(parents, ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent);
	systable_endscan(scan);
	table_close(inherits, AccessShareLock);
	foreach(lc, parents)
		if (!list_member_oid(tables, lfirst_oid(lc)))
			tables = AddParents(lfirst_oid(lc), lappend_oid(tables, lfirst_oid(lc)));
	return tables;
}

/* A table, its parts, and all that any of them is a part of. */
static List *
Kin(Oid relid)
{
	List	   *parts = find_all_inheritors(relid, NoLock, NULL);
	List	   *tables = list_copy(parts);
	ListCell   *lc;

	foreach(lc, parts)
		tables = AddParents(lfirst_oid(lc), tables);
	return tables;
}

/* The rules of a table that are being gathered; made where there are none. */
static PkintColumnRules *
RulesOf(Oid relid)
{
	bool		found;
	PkintColumnRules *rules = hash_search(rules_by_table, &relid, HASH_ENTER, &found);

	if (!found)
		memset((char *) rules + sizeof(Oid), 0, sizeof(PkintColumnRules) - sizeof(Oid));
	return rules;
}

/*
 * Add one rule on reading.  A table may come by two for a column, through two
 * parents: then nobody is shown it as it is.
 */
static void
AddRule(PkintColumnRules *rules, AttrNumber attnum, PkintColumnKind kind, AttrNumber unit)
{
	PkintColumnRule *rule;

	rules->ruled = bms_add_member(rules->ruled, attnum - FirstLowInvalidHeapAttributeNumber);
	for (int i = 0; i < rules->count; i++)
	{
		rule = &rules->rules[i];
		if (rule->attnum != attnum)
			continue;
		if (rule->kind != kind || rule->unit != unit)
			rule->unit = 0;
		rule->kind = Max(rule->kind, kind);
		return;
	}
	rules->rules = rules->rules == NULL ? palloc(sizeof(PkintColumnRule))
		: repalloc(rules->rules, sizeof(PkintColumnRule) * (size_t) (rules->count + 1));
	rule = &rules->rules[rules->count++];
	rule->attnum = attnum;
	rule->kind = kind;
	rule->unit = unit;
}

/* The kind that a text names; false for a place that is stored coarse, which anybody may read. */
static bool
KindNamed(const char *name, PkintColumnKind *kind)
{
	if (strcmp(name, "coarse") == 0)
		return false;
	*kind = strcmp(name, "redacted") == 0 ? PKINT_COLUMN_REDACT :
		strcmp(name, "coarsened") == 0 ? PKINT_COLUMN_COARSEN : PKINT_COLUMN_WITHHOLD;
	return true;
}

/* Gather what a row of pkint.column_rule says. */
static void
GatherRule(Relation rel, HeapTuple tuple)
{
	char	   *column = TextOf(rel, tuple, "column_name");
	char	   *unit = TextOf(rel, tuple, "unit_column");
	PkintColumnKind kind;
	ListCell   *lc;

	if (!KindNamed(TextOf(rel, tuple, "kind"), &kind))
		return;
	foreach(lc, Kin(RelationOf(rel, tuple)))
	{
		Oid			relid = lfirst_oid(lc);
		AttrNumber	attnum = get_attnum(relid, column);
		AttrNumber	unitnum = unit ? get_attnum(relid, unit) : 0;

		if (attnum > 0)
			AddRule(RulesOf(relid), attnum, kind, Max(unitnum, 0));
	}
}

/* Gather what a row of pkint.kept_column says. */
static void
GatherKept(Relation rel, HeapTuple tuple)
{
	char	   *column = TextOf(rel, tuple, "column_name");
	bool		once = strcmp(TextOf(rel, tuple, "once"), "t") == 0;
	ListCell   *lc;

	foreach(lc, Kin(RelationOf(rel, tuple)))
	{
		AttrNumber	attnum = get_attnum(lfirst_oid(lc), column);
		PkintColumnRules *rules;

		if (attnum <= 0)
			continue;
		rules = RulesOf(lfirst_oid(lc));
		if (once)
			rules->once = bms_add_member(rules->once, attnum - FirstLowInvalidHeapAttributeNumber);
		else
			rules->kept = bms_add_member(rules->kept, attnum - FirstLowInvalidHeapAttributeNumber);
	}
}

/* Gather what the rows of one of the two tables say. */
static void
GatherAll(const char *name, void (*gather) (Relation rel, HeapTuple tuple))
{
	Oid			relid = pkint_relation(name);
	Relation	rel;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!OidIsValid(relid))
		return;
	rel = table_open(relid, AccessShareLock);
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		gather(rel, tuple);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
}

/* Read all rules anew. */
static void
ReadRules(void)
{
	HASHCTL		ctl;
	MemoryContext old;

	if (rules_context == NULL)
		rules_context = AllocSetContextCreate(TopMemoryContext, "pkint column rules",
											  ALLOCSET_DEFAULT_SIZES);
	rules_by_table = NULL;
	MemoryContextReset(rules_context);
	old = MemoryContextSwitchTo(rules_context);
	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(PkintColumnRules);
	ctl.hcxt = rules_context;
	rules_by_table = hash_create("pkint column rules", 32, &ctl,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	GatherAll("column_rule", GatherRule);
	GatherAll("kept_column", GatherKept);
	MemoryContextSwitchTo(old);
}

/*
 * Have the rules of now at hand.  What changes while they are read is noticed
 * by the generation, or by the tables that are found stale.
 */
static void
RefreshRules(void)
{
	uint64		generation = pkint_policy_generation();

	if (likely(!rules_stale && generation == rules_generation && rules_by_table != NULL))
		return;
	rules_generation = 0;
	rules_stale = false;
	rules_reading = true;
	ReadRules();
	rules_reading = false;
	rules_generation = generation;
}

/* Has any table of this database such rules?  Nearly free. */
bool
pkint_any_column_rules(void)
{
	if (!IsTransactionState())
		return false;
	RefreshRules();
	return hash_get_num_entries(rules_by_table) > 0;
}

/*
 * Had a table rules when they were last looked at?  For a statement that has
 * failed, in which nothing can be read any more.
 */
bool
pkint_had_column_rules(Oid relid)
{
	return rules_by_table != NULL && hash_search(rules_by_table, &relid, HASH_FIND, NULL) != NULL;
}

/*
 * The rules of a table, copied into the current memory context; false if it has
 * none.
 */
bool
pkint_column_rules(Oid relid, PkintColumnRules *rules)
{
	PkintColumnRules *known;

	RefreshRules();
	known = hash_search(rules_by_table, &relid, HASH_FIND, NULL);
	if (known == NULL)
		return false;
	*rules = *known;
	rules->ruled = bms_copy(known->ruled);
	rules->kept = bms_copy(known->kept);
	rules->once = bms_copy(known->once);
	if (known->count > 0)
	{
		rules->rules = palloc(sizeof(PkintColumnRule) * (size_t) known->count);
		memcpy(rules->rules, known->rules, sizeof(PkintColumnRule) * (size_t) known->count);
	}
	return true;
}
