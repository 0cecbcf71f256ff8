/*
 * forget.c
 *	  forget_source: the identity is gone, from old backups too.
 *
 * The sealed rows of the person are emptied in the transaction, and once it
 * has committed their leaves are taken out of the keyring, on standbys too (see
 * keyring_wal.c and standbys.c).  A crash between the two leaves rows that are empty while old backups could still be opened:
 * the next registration or forgetting, or finish_forgetting(), makes up for it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "src/source/name_index.h"
#include "src/source/redact.h"
#include "src/source/silence.h"
#include "src/source/source.h"
#include "src/source/standbys.h"
#include "src/source/vault.h"

PG_FUNCTION_INFO_V1(pkint_forget_source);
PG_FUNCTION_INFO_V1(pkint_finish_forgetting);
PG_FUNCTION_INFO_V1(pkint_unforgotten_keys);

/* Leaves to be forgotten when the transaction has committed. */
typedef struct PendingPuncture
{
	struct PendingPuncture *next;
	SubTransactionId level;
	struct Standby *standbys;	/* that are to confirm */
	uint8		vault[PKINT_VAULT_ID_BYTES];
	int			count;
	int			leaves[FLEXIBLE_ARRAY_MEMBER];
} PendingPuncture;

/* in TopTransactionContext */
static PendingPuncture *pending = NULL;

/*
 * Puncture one lot: on disk in the log first, so that whoever replays it does
 * the same, then here, then wait for the others.
 */
static void
Puncture(PendingPuncture *lot)
{
	XLogRecPtr	end = pkint_keyring_log_puncture(lot->vault, lot->leaves, lot->count);

	if (!pkint_keyring_puncture(lot->vault, lot->leaves, lot->count, WARNING))
		ereport(WARNING,
				(errmsg("the source is forgotten in the database, but not yet in the keyring"),
				 errhint("Mend the keyring's directory and run pkint.finish_forgetting().")));
	pkint_standbys_await(lot->standbys, end);
}

/* Puncture what is pending.  The commit stands, whatever happens here. */
static void
PunctureAfterCommit(void)
{
	MemoryContext caller = CurrentMemoryContext;

	PG_TRY();
	{
		for (PendingPuncture *p = pending; p; p = p->next)
			Puncture(p);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		ereport(WARNING,
				(errmsg("the source is forgotten in the database, but not yet in the keyring"),
				 errhint("Mend the keyring's directory and run pkint.finish_forgetting().")));
	}
	PG_END_TRY();
}

/* The transaction ends. */
static void
AtEndOfTransaction(XactEvent event, void *arg)
{
	if (pending == NULL)
		return;
	if (event == XACT_EVENT_PRE_PREPARE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a transaction that forgets a source cannot be prepared")));
	if (event == XACT_EVENT_COMMIT)
		PunctureAfterCommit();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT)
		pending = NULL;
}

/* A subtransaction ends: what it forgot goes with it, or up. */
static void
AtEndOfSubTransaction(SubXactEvent event, SubTransactionId mine,
					  SubTransactionId parent, void *arg)
{
	PendingPuncture **link = &pending;

	if (event != SUBXACT_EVENT_ABORT_SUB && event != SUBXACT_EVENT_COMMIT_SUB)
		return;
	while (*link)
	{
		if ((*link)->level == mine)
		{
			if (event == SUBXACT_EVENT_ABORT_SUB)
			{
				*link = (*link)->next;
				continue;
			}
			(*link)->level = parent;
		}
		link = &(*link)->next;
	}
}

/* Register what is called at the end of transactions. */
void
pkint_forget_init(void)
{
	RegisterXactCallback(AtEndOfTransaction, NULL);
	RegisterSubXactCallback(AtEndOfSubTransaction, NULL);
}

/* Have all the leaves punctured, at commit, that are of no more use. */
int
pkint_puncture_spent(PkintVault *vault)
{
	PendingPuncture *more;
	uint64		count;

	if (SPI_execute("SELECT leaf FROM pkint.source WHERE sealed IS NULL"
					" UNION ALL SELECT leaf FROM pkint.spent_leaf", false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	count = SPI_processed;
	more = MemoryContextAlloc(TopTransactionContext,
							  offsetof(PendingPuncture, leaves) + sizeof(int) * (count + 1));
	more->level = GetCurrentSubTransactionId();
	memcpy(more->vault, vault->id, PKINT_VAULT_ID_BYTES);
	more->count = (int) count;
	for (uint64 i = 0; i < count; i++)
	{
		bool		null;

		more->leaves[i] = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i],
													  SPI_tuptable->tupdesc, 1, &null));
	}
	more->standbys = pkint_standbys_now();
	more->next = pending;
	pending = more;
	return (int) count;
}

/* Empty the rows of one code, its meetings included. */
static void
EmptyRows(const PkintCodeParts *parts)
{
	Oid			types[] = {pkint_source_code_type()};
	Datum		values[] = {PointerGetDatum(pkint_source_code_make(parts))};

	if (SPI_execute_with_args("UPDATE pkint.source SET sealed = NULL WHERE code OPERATOR(pkint.=) $1",
							  1, types, values, NULL, false, 0) < 0 ||
		SPI_execute_with_args("UPDATE pkint.source_meeting SET sealed = NULL WHERE code OPERATOR(pkint.=) $1",
							  1, types, values, NULL, false, 0) < 0)
		elog(ERROR, "could not empty the rows of a source");
}

/*
 * Take the names of forgotten sources out of the narratives that were shown
 * redacted, unless another source goes by them.  Otherwise forgetting would
 * show the name to all who have seen the code in its place.
 */
static void
WithholdNames(PkintVault *vault, const PkintSource *gone, int ngone)
{
	PkintHmacKey key;
	uint64		count;
	int64	   *hash = pkint_index_lost(vault, gone, ngone, &key, &count);
	int64		narratives = 0;

	if (count > 0)
		narratives = pkint_withhold_mentions(pkint_name_set(&key, hash, count));
	explicit_bzero(&key, sizeof(key));
	if (narratives > 0)
		ereport(NOTICE,
				(errmsg("the name was taken out of %lld narratives", (long long) narratives)));
}

/*
 * forget_source(code, reason): for the custodians of the unit.  All the
 * person's codes in the unit are forgotten with it.
 */
Datum
pkint_forget_source(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = pkint_required_code(fcinfo, 0);
	char	   *reason = pkint_required_text(fcinfo, 1, "reason");
	PkintCodeParts parts;
	PkintVault *vault;
	PkintSource source;
	PkintSource *all;
	int			count;
	int			codes = 0;

	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("forget_source() takes the isolation level READ COMMITTED"),
				 errhint("In this transaction narratives that others have just filed are not seen.")));

	pkint_silence();
	pkint_source_code_parts(code, &parts);
	pkint_require_custodian(parts.unit);
	SPI_connect();
	vault = pkint_vault_open(false);
	pkint_source_lock();
	pkint_source_demand(vault, code, &source);
	all = pkint_sources_of(vault, parts.unit, &count);
	for (int i = 0; i < count; i++)
	{
		if (memcmp(all[i].person, source.person, PKINT_PERSON_BYTES) != 0)
			continue;
		EmptyRows(&all[i].where.code);
		all[codes++] = all[i];
	}
	pkint_index_rebuild_all(vault);
	WithholdNames(vault, all, codes);
	pkint_puncture_spent(vault);
	pkint_source_record("forget", parts.unit, code, reason);
	pkint_vault_close(vault);
	SPI_finish();
	PG_RETURN_INT32(codes);
}

/* finish_forgetting(): puncture what a crash or a full disk left over. */
Datum
pkint_finish_forgetting(PG_FUNCTION_ARGS)
{
	PkintVault *vault;
	int			count = 0;

	SPI_connect();
	vault = pkint_vault_open(false);
	if (vault)
	{
		count = pkint_puncture_spent(vault);
		pkint_vault_close(vault);
	}
	SPI_finish();
	PG_RETURN_INT32(count);
}

/*
 * unforgotten_keys(): of the leaves that this database has forgotten, how many
 * can this server's keyring still compute?  On a standby too.
 */
Datum
pkint_unforgotten_keys(PG_FUNCTION_ARGS)
{
	PkintVault *vault;
	int			left = 0;

	SPI_connect();
	vault = pkint_vault_open(false);
	if (vault)
	{
		if (SPI_execute("SELECT leaf FROM pkint.source WHERE sealed IS NULL"
						" UNION ALL SELECT leaf FROM pkint.spent_leaf", true, 0) != SPI_OK_SELECT)
			elog(ERROR, "could not read pkint.source");
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			uint8		key[PKINT_KEY_BYTES];
			bool		null;
			int			leaf = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null));

			if (pkint_keyring_leaf(vault->ring, leaf, key))
				left++;
			explicit_bzero(key, sizeof(key));
		}
		pkint_vault_close(vault);
	}
	SPI_finish();
	PG_RETURN_INT32(left);
}
