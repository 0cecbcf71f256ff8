/*
 * catalog.c
 *	  Finding pkint's own tables, and noticing when what they say has changed.
 *
 * Policy (clearances, assignments, grants ...) lies in tables.  Whoever caches
 * what he read there compares pkint_policy_generation() with the number that
 * he kept: a difference means that some policy table may have changed.
 *
 * The signal is a relcache invalidation of the table.  It travels with the
 * commit of the change, COMMIT PREPARED included, and is seen by the session
 * that made the change at its next command.  Who sends it is the executor, at the
 * end of each statement that wrote a policy table, and COPY; so no trigger is
 * needed for that.  Rows that logical replication applies pass no hook of ours:
 * for them there is the row trigger pkint.policy_changed(), which fires ALWAYS.
 * TRUNCATE and ALTER TABLE send one by themselves.
 */
#include "src/core/compat.h"
#include "src/core/catalog.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "nodes/plannodes.h"
#include "fmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define MAX_WATCHED 32

static const char *watched_name[MAX_WATCHED];
static Oid	watched_oid[MAX_WATCHED];
static int	watched_count = 0;

/* are watched_oid[] those of this database, now? */
static bool watched_resolved = false;
static uint64 generation = 1;

/*
 * Something that may move the number has happened since it was last asked for.
 * A flag that is looked at for every row; see src/reader/stamp.h.
 */
volatile sig_atomic_t pkint_policy_stirred = true;

PG_FUNCTION_INFO_V1(pkint_policy_changed);

/* The schema of the extension, or InvalidOid where it is not created. */
Oid
pkint_namespace(void)
{
	return get_namespace_oid("pkint", true);
}

/* A table of the extension by name, or InvalidOid. */
Oid
pkint_relation(const char *name)
{
	Oid			nsp = pkint_namespace();

	return OidIsValid(nsp) ? get_relname_relid(name, nsp) : InvalidOid;
}

/*
 * Ask that changes of a policy table move the generation.  To be called once
 * for each table, from a room's init function, with a string that stays.
 */
void
pkint_watch_relation(const char *name)
{
	if (watched_count >= MAX_WATCHED)
		elog(ERROR, "too many watched policy tables");
	watched_name[watched_count++] = name;
	watched_resolved = false;
	pkint_policy_stirred = true;
}

/*
 * Relcache callback.  As long as the watched tables are not resolved, every
 * invalidation counts: once too often is harmless, once too few is a leak.
 */
static void
RelcacheInvalidated(Datum arg, Oid relid)
{
	if (watched_resolved && OidIsValid(relid))
	{
		int			i;

		for (i = 0; i < watched_count; i++)
			if (watched_oid[i] == relid)
				break;
		if (i == watched_count)
			return;
	}
	generation++;
	watched_resolved = false;
	pkint_policy_stirred = true;
}

/*
 * A schema was made, renamed or dropped: names may mean other tables now.
 * Also the first sight of a freshly created extension.
 */
static void
NamespaceInvalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	generation++;
	watched_resolved = false;
	pkint_policy_stirred = true;
}

/* Look the watched tables up; nothing is resolved unless all of them are. */
static void
ResolveWatched(void)
{
	bool		all = true;
	uint64		before = generation;

	for (int i = 0; i < watched_count; i++)
	{
		watched_oid[i] = pkint_relation(watched_name[i]);
		if (!OidIsValid(watched_oid[i]))
			all = false;
	}
	/* an invalidation may have come in while we looked */
	watched_resolved = all && before == generation;
	if (!watched_resolved)
		pkint_policy_stirred = true;
}

/*
 * A number that differs from an earlier one if a policy table may have changed
 * in between.  Never 0.  Cheap enough to be asked for every row.
 */
uint64
pkint_policy_generation(void)
{
	if (unlikely(!watched_resolved))
	{
		if (IsTransactionState())
			ResolveWatched();
		else
			pkint_policy_stirred = true;
	}
	return generation;
}

/* Is this one of the policy tables? */
static bool
IsWatched(Oid relid)
{
	if (!watched_resolved && IsTransactionState())
		ResolveWatched();
	for (int i = 0; i < watched_count; i++)
		if (watched_oid[i] == relid && OidIsValid(relid))
			return true;
	return false;
}

/* A table was written to: tell every session, if it is one of ours. */
void
pkint_policy_written(Oid relid)
{
	if (IsWatched(relid))
		CacheInvalidateRelcacheByRelid(relid);
}

/* A statement is done, WITH parts that write included. */
void
pkint_policy_statement_done(PlannedStmt *stmt)
{
	ListCell   *lc;

	foreach(lc, stmt->resultRelations)
	{
		RangeTblEntry *rte = list_nth(stmt->rtable, lfirst_int(lc) - 1);

		pkint_policy_written(rte->relid);
	}
}

/* A command is done: COPY may have filled a table of ours. */
void
pkint_policy_utility_done(Node *command)
{
	CopyStmt   *copy = (CopyStmt *) command;

	if (IsA(command, CopyStmt) && copy->is_from && copy->relation != NULL)
		pkint_policy_written(RangeVarGetRelid(copy->relation, NoLock, true));
}

/*
 * Row trigger on policy tables: tell every session.  Before the row is written,
 * since that costs no queue; the message goes out when the command is over.
 */
Datum
pkint_policy_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.policy_changed() was not called as a row trigger")));
	CacheInvalidateRelcacheByRelid(RelationGetRelid(trigdata->tg_relation));
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ?
						   trigdata->tg_newtuple : trigdata->tg_trigtuple);
}

void
pkint_catalog_init(void)
{
	CacheRegisterRelcacheCallback(RelcacheInvalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, NamespaceInvalidated, (Datum) 0);
}
