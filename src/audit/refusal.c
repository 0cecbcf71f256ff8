/*
 * refusal.c
 *	  Refusals on record, pkint's own and the server's, but not without limit.
 *
 * A refusal costs whoever provokes it nothing, so that a loop of them could
 * fill the disk.  A session notes REFUSALS_A_MINUTE of them; those beyond are
 * counted, and the number stands in the next entry, or in a last one when the
 * session ends.  None is noted while more of the record waits than may.
 *
 * The server's refusals are noted while the error is on its way up.  Catalogs
 * cannot be read then: the entry has numbers of roles and tables, and the
 * loader looks the names up.  The message is left out, since it may hold values.
 */
#include "src/audit/audit.h"

#include "access/parallel.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "src/audit/spool.h"

#define REFUSALS_A_MINUTE 60
#define MOST_RELATIONS 8

static TimestampTz minute_began = 0;
static int	noted = 0;
static int64 passed_over = 0;
static bool exit_hooked = false;

/* Is the error that is on its way up on record already? */
static bool in_flight = false;

/* A statement begins: no error is on its way. */
void
pkint_audit_statement_begins(void)
{
	in_flight = false;
}

/* Close the entry with what was passed over before it, and write it. */
static void
WriteRefusal(StringInfo entry)
{
	StringInfoData batch;

	if (passed_over > 0)
		pkint_audit_number(entry, "passed_over", passed_over);
	passed_over = 0;
	initStringInfo(&batch);
	pkint_audit_collect(&batch, entry);
	pkint_audit_send_or_warn(&batch);
	pfree(batch.data);
}

/* The session ends: at least the number of those passed over is noted. */
static void
SessionEnds(int code, Datum arg)
{
	StringInfoData entry;

	if (passed_over == 0 || pkint_spool_is_full())
		return;
	pkint_audit_begin_named(&entry, "refusal", GetSessionUserId(), NULL, NULL);
	pkint_audit_number(&entry, "login_oid", GetSessionUserId());
	pkint_audit_text(&entry, "reason", "more than are noted one by one");
	WriteRefusal(&entry);
}

/* May one more be noted now?  If not, it is counted. */
static bool
MayNote(void)
{
	TimestampTz now = GetCurrentTimestamp();

	if (!exit_hooked)
	{
		before_shmem_exit(SessionEnds, (Datum) 0);
		exit_hooked = true;
	}
	if (now - minute_began >= INT64CONST(60) * USECS_PER_SEC || now < minute_began)
	{
		minute_began = now;
		noted = 0;
	}
	if (noted < REFUSALS_A_MINUTE && !pkint_spool_is_full())
	{
		noted++;
		return true;
	}
	passed_over++;
	return false;
}

/*
 * A refusal of pkint's own, at once.  The refusal itself is what counts, so
 * that a record that cannot be kept is only warned of.
 */
void
pkint_audit_refusal(const char *what)
{
	StringInfoData entry;

	if (!pkint_spool_is_there() || !OidIsValid(MyDatabaseId))
		return;
	in_flight = true;
	if (!MayNote())
		return;
	pkint_audit_begin(&entry, "refusal", GetOuterUserId());
	pkint_audit_text(&entry, "reason", what);
	WriteRefusal(&entry);
}

/* The tables that a statement names, by their numbers. */
static void
AppendRelations(StringInfo entry, List *rtable)
{
	int			n = 0;
	ListCell   *lc;

	foreach(lc, rtable)
	{
		RangeTblEntry *rte = lfirst(lc);

		if (rte->rtekind == RTE_RELATION && n < MOST_RELATIONS)
			appendStringInfo(entry, "%s%u", n++ == 0 ? ",\"relids\":[" : ",", rte->relid);
	}
	if (n > 0)
		appendStringInfoChar(entry, ']');
}

/*
 * Called while an error is on its way up: a refusal by the server, or by code
 * that says no itself, is noted once.  "command" is a constant.
 */
void
pkint_audit_failed(Oid person, const char *command, List *rtable)
{
	StringInfoData entry;
	MemoryContext old;

	if (geterrcode() != ERRCODE_INSUFFICIENT_PRIVILEGE || in_flight ||
		IsParallelWorker() || IsBootstrapProcessingMode() ||
		!pkint_spool_is_there() || !OidIsValid(MyDatabaseId))
		return;
	in_flight = true;
	if (!MayNote())
		return;
	old = MemoryContextSwitchTo(TopMemoryContext);
	pkint_audit_begin_named(&entry, "refusal", person, NULL, NULL);
	pkint_audit_number(&entry, "login_oid", GetSessionUserId());
	pkint_audit_text(&entry, "reason", "permission denied");
	pkint_audit_text(&entry, "command", command);
	AppendRelations(&entry, rtable);
	WriteRefusal(&entry);
	MemoryContextSwitchTo(old);
}
