/*
 * record.c
 *	  Decisions on record: with their transaction, or at once.
 */
#include "src/audit/audit.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "src/audit/spool.h"
#include "src/label/label.h"

PG_FUNCTION_INFO_V1(pkint_record);
PG_FUNCTION_INFO_V1(pkint_record_now);

/* Has this transaction put something into the inbox? */
static bool recorded = false;

/* The arguments of record() as an entry; what, when, who, and the rest. */
static void
EntryFromArguments(StringInfo entry, FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("an entry of the record must have a kind")));
	pkint_audit_begin(entry, text_to_cstring(PG_GETARG_TEXT_PP(0)),
					  GetOuterUserId());
	if (!PG_ARGISNULL(1))
		pkint_audit_text(entry, "relation", text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (!PG_ARGISNULL(2))
		pkint_audit_text(entry, "label", pkint_label_text(PG_GETARG_PKINT_LABEL(2)));
	if (!PG_ARGISNULL(3))
		pkint_audit_text(entry, "subject", NameStr(*PG_GETARG_NAME(3)));
	if (!PG_ARGISNULL(4))
	{
		Jsonb	   *detail = PG_GETARG_JSONB_P(4);

		appendStringInfo(entry, ",\"detail\":%s",
						 JsonbToCString(NULL, &detail->root, VARSIZE(detail)));
	}
}

/* record(kind, relation, label, subject, detail): stands or falls with the transaction */
Datum
pkint_record(PG_FUNCTION_ARGS)
{
	StringInfoData entry;
	Oid			type = TEXTOID;
	Datum		value;

	EntryFromArguments(&entry, fcinfo);
	appendStringInfoChar(&entry, '}');
	value = CStringGetTextDatum(entry.data);
	SPI_connect();
	if (SPI_execute_with_args("INSERT INTO pkint.audit_inbox (entry) VALUES ($1::pg_catalog.jsonb)",
							  1, &type, &value, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not put an entry into the inbox of the record");
	SPI_finish();
	recorded = true;
	PG_RETURN_VOID();
}

/* record_now(...): on disk when it returns */
Datum
pkint_record_now(PG_FUNCTION_ARGS)
{
	StringInfoData entry;

	EntryFromArguments(&entry, fcinfo);
	pkint_audit_write(&entry, true);
	PG_RETURN_VOID();
}

/* Once a decision is committed the loader may come for it. */
static void
DecisionCommitted(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT && recorded)
		pkint_spool_tick();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		recorded = false;
}

/*
 * A prepared transaction may hold decisions.  Whoever commits it has not taken
 * them, so that nothing tells but the command.
 */
void
pkint_audit_after_utility(Node *command)
{
	if (IsA(command, TransactionStmt) &&
		((TransactionStmt *) command)->kind == TRANS_STMT_COMMIT_PREPARED)
		pkint_spool_tick();
}

void
pkint_record_init(void)
{
	RegisterXactCallback(DecisionCommitted, NULL);
}
