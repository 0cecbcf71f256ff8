/*
 * record.c
 *	  Acts on record: with their transaction, or at once.
 *
 * An act that stands or falls with its transaction is a row of
 * pkint.audit_inbox: an entry, sealed here, that names its own number there and
 * the transaction that put it in.  So a row that SQL writes, changes or puts
 * back is no act.  When the transaction has committed, a note in the spool lists
 * the numbers: by it the loader takes acts in the order of their commits, and
 * misses one that was taken out of the inbox meanwhile.
 */
#include "src/core/compat.h"
#include "src/audit/audit.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "src/audit/seal.h"
#include "src/audit/spool.h"
#include "src/label/label.h"

PG_FUNCTION_INFO_V1(pkint_record);
PG_FUNCTION_INFO_V1(pkint_record_now);

/* A note lists so many acts; those beyond come in without one. */
#define MOST_LISTED 1024
#define MOST_PARTS 16

/* The acts of this transaction, and how deep in subtransactions each was put in. */
static uint64 acts[MOST_LISTED];
static int	depth[MOST_LISTED];
static int	nacts = 0;
static bool noted = false;

/* What record() was given. */
typedef struct Act
{
	PkintAuditWho who;
	const struct varlena *label;
	PkintEntryField part[4];
} Act;

/* The arguments of record(): what, about what, for whom, anything else. */
static void
ActFromArguments(Act *act, FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("an entry of the record must have a kind")));
	pkint_audit_who(&act->who, InvalidOid);
	act->part[0] = pkint_audit_field(PKINT_TAG_KIND, text_to_cstring(PG_GETARG_TEXT_PP(0)));
	act->part[1] = pkint_audit_field(PKINT_TAG_RELATION,
									 PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1)));
	act->label = PG_ARGISNULL(2) ? NULL : PG_GETARG_PKINT_LABEL(2);
	act->part[2] = pkint_audit_field(PKINT_TAG_SUBJECT,
									 PG_ARGISNULL(3) ? NULL : NameStr(*PG_GETARG_NAME(3)));
	act->part[3] = pkint_audit_field(PKINT_TAG_DETAIL, NULL);
	if (!PG_ARGISNULL(4))
	{
		Jsonb	   *detail = PG_GETARG_JSONB_P(4);

		act->part[3] = pkint_audit_field(PKINT_TAG_DETAIL,
										 JsonbToCString(NULL, &detail->root, VARSIZE(detail)));
	}
}

/* The number that the next row of the inbox gets. */
static uint64
NextNumber(void)
{
	bool		isnull;

	if (SPI_execute("SELECT pg_catalog.nextval('pkint.audit_inbox_id'::pg_catalog.regclass)",
					false, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not number an entry of the record");
	return (uint64) DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
												SPI_tuptable->tupdesc, 1, &isnull));
}

/* The act as a sealed entry with its number and transaction, a bytea. */
static bytea *
InboxEntry(const Act *act, uint64 number)
{
	PkintEntryHead head;
	PkintEntryField fields[MOST_PARTS];
	size_t		size;
	bytea	   *entry;
	int			n;

	pkint_spool_head(&head, PKINT_ENTRY_ACT);
	head.segment = number;
	head.number = (uint32) GetCurrentTransactionId();
	n = pkint_audit_fields(&head, &act->who, act->label, fields);
	for (int i = 0; i < (int) lengthof(act->part); i++)
		if (act->part[i].data != NULL)
			fields[n++] = act->part[i];
	size = pkint_entry_size(fields, n);
	if (size > PKINT_ENTRY_MOST)
		pkint_audit_too_large(size);
	entry = palloc(VARHDRSZ + size);
	SET_VARSIZE(entry, VARHDRSZ + size);
	pkint_entry_write((uint8 *) VARDATA(entry), &head, fields, n);
	pkint_seal_entry((uint8 *) VARDATA(entry), size);
	return entry;
}

/* Remember which acts to list when the transaction has committed. */
static void
WillNote(uint64 number)
{
	if (nacts < MOST_LISTED)
	{
		acts[nacts] = number;
		depth[nacts++] = GetCurrentTransactionNestLevel();
	}
	noted = true;
	/* what is noted as committed must be there after a crash too */
	ForceSyncCommit();
}

/* record(kind, relation, label, subject, detail): stands or falls with the transaction */
Datum
pkint_record(PG_FUNCTION_ARGS)
{
	Act			act;
	Oid			types[] = {INT8OID, BYTEAOID};
	Datum		values[2];
	uint64		number;

	SPI_connect();
	ActFromArguments(&act, fcinfo);
	number = NextNumber();
	values[0] = Int64GetDatum((int64) number);
	values[1] = PointerGetDatum(InboxEntry(&act, number));
	if (SPI_execute_with_args("INSERT INTO pkint.audit_inbox (id, entry) VALUES ($1, $2)",
							  2, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not put an entry into the inbox of the record");
	SPI_finish();
	WillNote(number);
	PG_RETURN_VOID();
}

/* record_now(...): on disk when it returns */
Datum
pkint_record_now(PG_FUNCTION_ARGS)
{
	PkintEntryHead head;
	Act			act;

	ActFromArguments(&act, fcinfo);
	pkint_audit_open(true);
	pkint_spool_head(&head, PKINT_ENTRY_ACT);
	pkint_audit_put(&head, &act.who, act.label, act.part, lengthof(act.part));
	pkint_audit_close(true);
	PG_RETURN_VOID();
}

/* --- what was committed -------------------------------------------------------------- */

/*
 * A note in the spool that acts have been committed.  Called when the
 * transaction can no longer fail: so it neither raises nor waits, and a note that
 * cannot be written costs the order of these acts, not the acts.
 */
static void
WriteNote(void)
{
	static const PkintAuditWho nobody;
	static uint8 listed[MOST_LISTED * sizeof(uint64)];
	PkintEntryHead head;
	PkintEntryField field;

	for (int i = 0; i < nacts; i++)
		pkint_put_big64(listed + i * sizeof(uint64), acts[i]);
	pkint_audit_open(false);
	pkint_spool_head(&head, PKINT_ENTRY_NOTE);
	field.tag = PKINT_TAG_ACTS;
	field.data = listed;
	field.len = (size_t) nacts * sizeof(uint64);
	pkint_audit_put(&head, &nobody, NULL, &field, 1);
	pkint_audit_close(false);
}

static void
TransactionEnds(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	if (event == XACT_EVENT_COMMIT && noted)
		WriteNote();
	nacts = 0;
	noted = false;
}

/* Acts of a subtransaction go with it, or belong to the one above it. */
static void
SubtransactionEnds(SubXactEvent event, SubTransactionId mine,
				   SubTransactionId parent, void *arg)
{
	int			level = GetCurrentTransactionNestLevel();

	if (event == SUBXACT_EVENT_ABORT_SUB)
		while (nacts > 0 && depth[nacts - 1] >= level)
			nacts--;
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		for (int i = nacts; i > 0 && depth[i - 1] >= level; i--)
			depth[i - 1] = level - 1;
}

/*
 * A prepared transaction may hold acts.  Whoever commits it has not taken
 * them, so that nothing tells but the command.
 */
void
pkint_audit_after_utility(Node *command)
{
	if (IsA(command, TransactionStmt) &&
		((TransactionStmt *) command)->kind == TRANS_STMT_COMMIT_PREPARED)
		WriteNote();
}

void
pkint_record_init(void)
{
	RegisterXactCallback(TransactionEnds, NULL);
	RegisterSubXactCallback(SubtransactionEnds, NULL);
}
