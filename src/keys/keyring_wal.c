/*
 * keyring_wal.c
 *	  What the primary forgets, its standbys forget while they replay.
 *
 * Each server has a keyring of its own.  That leaves have been taken out of one
 * travels in the write-ahead log, as a record of pkint's own kind that names
 * the vault and the leaves, written once the forgetting has committed.  Whoever
 * replays it takes the leaves out of his keyring before he goes on, so that a
 * standby that says it has replayed so far has forgotten.
 *
 * That a keyring was sealed under a new root key travels in the same way, so that
 * nobody is left with one that only the old key opens.
 *
 * A standby that cannot change its keyring waits, and says so in its log, until
 * the file can be changed or has been taken away.  A server that recovers from
 * a crash does not wait: finish_forgetting() makes up for it.
 */
#include "src/core/compat.h"

#include "src/keys/keyring.h"

#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "access/xlogrecovery.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "postmaster/startup.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "src/keys/keys.h"

/* of the range that is free for extensions */
#define PKINT_RMGR_ID 157
#define XLOG_PKINT_PUNCTURE 0x10
#define XLOG_PKINT_RESEAL 0x20

#define RETRY_US 500000L
#define RETRIES_A_MESSAGE 60

/* The record: the vault and the leaves. */
typedef struct PunctureRecord
{
	uint8		vault[PKINT_VAULT_ID_BYTES];
	int32		count;
} PunctureRecord;

/* Write the record; it is on disk when this returns.  Where it ends. */
XLogRecPtr
pkint_keyring_log_puncture(const uint8 vault[PKINT_VAULT_ID_BYTES], const int *leaves, int count)
{
	PunctureRecord record;
	XLogRecPtr	end;

	memcpy(record.vault, vault, PKINT_VAULT_ID_BYTES);
	record.count = count;
	XLogBeginInsert();
	XLogRegisterData((char *) &record, sizeof(record));
	XLogRegisterData((char *) unconstify(int *, leaves), sizeof(int) * (uint32) count);
	end = XLogInsert(PKINT_RMGR_ID, XLOG_PKINT_PUNCTURE);
	XLogFlush(end);
	return end;
}

/* Write that the keyring of a vault was sealed anew. */
void
pkint_keyring_log_reseal(const uint8 vault[PKINT_VAULT_ID_BYTES])
{
	PunctureRecord record;

	memcpy(record.vault, vault, PKINT_VAULT_ID_BYTES);
	record.count = 0;
	XLogBeginInsert();
	XLogRegisterData((char *) &record, sizeof(record));
	(void) XLogInsert(PKINT_RMGR_ID, XLOG_PKINT_RESEAL);
}

/* Seal this server's keyring under the root key in force here, if it has one. */
static void
RedoReseal(XLogReaderState *reader)
{
	MemoryContext caller = CurrentMemoryContext;
	PunctureRecord record;

	memcpy(&record, XLogRecGetData(reader), sizeof(record));
	PG_TRY();
	{
		if (pkint_keyring_directory() != NULL && pkint_keyring_exists(record.vault))
			pkint_keyring_reseal(record.vault);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(caller);
		edata = CopyErrorData();
		FlushErrorState();
		ereport(LOG,
				(errmsg("the keyring could not be sealed under the root key in force: %s", edata->message),
				 errhint("Both keys must stand in the key file of every server until rewrap_sources() is done.")));
	}
	PG_END_TRY();
}

/* Take the leaves out of this server's keyring, if it has one; false if it cannot. */
static bool
TryPuncture(const PunctureRecord *record, const int *leaves)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool done = false;

	PG_TRY();
	{
		done = pkint_keyring_directory() == NULL ||
			!pkint_keyring_exists(record->vault) ||
			pkint_keyring_puncture(record->vault, leaves, record->count, LOG);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(caller);
		edata = CopyErrorData();
		FlushErrorState();
		ereport(LOG,
				(errmsg("the keyring could not be changed: %s", edata->message)));
	}
	PG_END_TRY();
	return done;
}

/* Replay the record. */
static void
RedoPuncture(XLogReaderState *reader)
{
	PunctureRecord record;
	int		   *leaves;
	int			tries = 0;

	memcpy(&record, XLogRecGetData(reader), sizeof(record));
	leaves = palloc(sizeof(int) * ((Size) record.count + 1));
	memcpy(leaves, XLogRecGetData(reader) + sizeof(record), sizeof(int) * (Size) record.count);
	while (!TryPuncture(&record, leaves))
	{
		if (!StandbyMode || IsPromoteSignaled())
		{
			ereport(LOG,
					(errmsg("a source has been forgotten, but not in the keyring of this server"),
					 errhint("Mend the keyring's directory and run pkint.finish_forgetting().")));
			break;
		}
		if (tries++ % RETRIES_A_MESSAGE == 0)
			ereport(LOG,
					(errmsg("replay waits until a forgotten source can be taken out of this server's keyring"),
					 errhint("Mend the keyring's directory, or take this server's copy of the keyring away for good.")));
		pkint_startup_interrupts();
		pg_usleep(RETRY_US);
	}
	pfree(leaves);
}

/* Replay any record of ours. */
static void
Redo(XLogReaderState *reader)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "pkint keyring replay",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);

	if ((XLogRecGetInfo(reader) & ~XLR_INFO_MASK) == XLOG_PKINT_PUNCTURE)
		RedoPuncture(reader);
	else if ((XLogRecGetInfo(reader) & ~XLR_INFO_MASK) == XLOG_PKINT_RESEAL)
		RedoReseal(reader);
	else
		elog(PANIC, "unknown record of pkint's");
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/* For pg_waldump and messages. */
static void
Describe(StringInfo buf, XLogReaderState *reader)
{
	PunctureRecord record;

	memcpy(&record, XLogRecGetData(reader), sizeof(record));
	appendStringInfo(buf, "leaves %d", record.count);
}

static const char *
Identify(uint8 info)
{
	if ((info & ~XLR_INFO_MASK) == XLOG_PKINT_RESEAL)
		return "RESEAL";
	return (info & ~XLR_INFO_MASK) == XLOG_PKINT_PUNCTURE ? "FORGET" : NULL;
}

/* Called once, in the postmaster. */
void
pkint_keyring_wal_init(void)
{
	static RmgrData rmgr = {
		.rm_name = "pkint",
		.rm_redo = Redo,
		.rm_desc = Describe,
		.rm_identify = Identify
	};

	RegisterCustomRmgr(PKINT_RMGR_ID, &rmgr);
}
