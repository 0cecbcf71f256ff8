/*
 * log.c
 *	  Appending entries to the record's table, and the heads that close them.
 *
 * Entries go in as the bytes that were written, many at a time and past the
 * executor, so that neither a trigger nor a rule nor what they say stands in
 * the way.  Each batch ends with a head: how many entries there are, the root of
 * the Merkle tree over all of them, and a seal that SQL cannot make.  An entry
 * that is changed, taken out or moved afterwards no longer fits the next head.
 *
 * To go on, the loader makes the peaks of the tree anew, from the roots of full
 * subtrees that are kept and the last few entries.  If they do not give the root
 * of the last head, or that has no good seal, somebody has been there: this is
 * noted as a finding, and the tree is made from what is there now, so that
 * earlier heads go on telling of it and later entries are guarded all the same.
 */
#include "src/core/compat.h"
#include "src/audit/log.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "src/audit/audit.h"
#include "src/audit/seal.h"
#include "src/audit/spool.h"
#include "src/core/catalog.h"

#define MOST_AT_ONCE 500
#define BYTES_AT_ONCE (1024 * 1024)

/* where things stand in a head */
#define HEAD_AT_SIZE 8
#define HEAD_AT_TIME 16
#define HEAD_AT_SYSTEM 24
#define HEAD_AT_KEY_ID 32
#define HEAD_AT_ROOT 40
#define HEAD_AT_SEAL 72

struct AuditLog
{
	Relation	rel;
	EState	   *estate;
	ResultRelInfo *result;
	BulkInsertState bulk;
	MemoryContext entries;		/* those that wait for the next insertion */
	TupleTableSlot *slot[MOST_AT_ONCE];
	int			waiting;
	size_t		waiting_bytes;
	PkintTree	tree;
	uint64		was;			/* its size when it was opened */
};

static const char head_magic[8] = "PKHEAD1";

/* --- heads --------------------------------------------------------------------------- */

/* A head with its seal. */
void
pkint_head_write(uint8 bytes[PKINT_HEAD_BYTES], const PkintHead *head)
{
	memcpy(bytes, head_magic, sizeof(head_magic));
	pkint_put_big64(bytes + HEAD_AT_SIZE, head->size);
	pkint_put_big64(bytes + HEAD_AT_TIME, (uint64) head->at);
	pkint_put_big64(bytes + HEAD_AT_SYSTEM, head->system);
	memcpy(bytes + HEAD_AT_KEY_ID, head->key_id, PKINT_KEY_ID_BYTES);
	memcpy(bytes + HEAD_AT_ROOT, head->root, PKINT_TREE_HASH);
	pkint_seal_make(PKINT_SEAL_HEAD, head->key_id, bytes, HEAD_AT_SEAL,
					bytes + HEAD_AT_SEAL);
}

/* Take a head apart; whether its seal is good is another question. */
bool
pkint_head_read(const uint8 *bytes, size_t len, PkintHead *head)
{
	if (len != PKINT_HEAD_BYTES || memcmp(bytes, head_magic, sizeof(head_magic)) != 0)
		return false;
	head->size = pkint_get_big64(bytes + HEAD_AT_SIZE);
	head->at = (int64) pkint_get_big64(bytes + HEAD_AT_TIME);
	head->system = pkint_get_big64(bytes + HEAD_AT_SYSTEM);
	memcpy(head->key_id, bytes + HEAD_AT_KEY_ID, PKINT_KEY_ID_BYTES);
	memcpy(head->root, bytes + HEAD_AT_ROOT, PKINT_TREE_HASH);
	return true;
}

/* Is the seal of a head good? */
PkintSealed
pkint_head_sealed(const uint8 bytes[PKINT_HEAD_BYTES], const PkintHead *head)
{
	return pkint_seal_look(PKINT_SEAL_HEAD, head->key_id, bytes, HEAD_AT_SEAL,
						   bytes + HEAD_AT_SEAL);
}

/* --- the peaks of the tree ------------------------------------------------------------- */

/* Run a query with two numbers; between SPI_connect and SPI_finish. */
static void
RunQuery(const char *command, int64 a, int64 b, int expected)
{
	Oid			types[] = {INT8OID, INT8OID};
	Datum		values[] = {Int64GetDatum(a), Int64GetDatum(b)};

	if (SPI_execute_with_args(command, 2, types, values, NULL, false, 0) != expected)
		elog(ERROR, "could not execute \"%s\"", command);
}

/* A row's hash: of a subtree, or of an entry. */
static bool
HashOfRow(HeapTuple row, bool leaves, uint8 hash[PKINT_TREE_HASH])
{
	bool		isnull;
	bytea	   *value = DatumGetByteaPP(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));

	if (isnull || (!leaves && VARSIZE_ANY_EXHDR(value) != PKINT_TREE_HASH))
		return false;
	if (leaves)
		pkint_tree_leaf((uint8 *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), hash);
	else
		memcpy(hash, VARDATA_ANY(value), PKINT_TREE_HASH);
	return true;
}

/*
 * Put the peaks of a run of subtrees, or of entries, behind those that are
 * there.  The rows are numbered from "from" on; an entry that is not there counts
 * as nothing, a subtree must be there.
 */
static bool
AddPeaks(PkintTree *tree, uint64 from, uint64 to, bool leaves)
{
	PkintTree	run;
	uint64		i = 0;
	uint8		hash[PKINT_TREE_HASH];
	bool		isnull;

	run.size = 0;
	run.npeaks = 0;
	for (uint64 number = from; number < to; number++)
	{
		HeapTuple	row = i < SPI_processed ? SPI_tuptable->vals[i] : NULL;

		if (row && (uint64) DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull)) == number)
		{
			if (!HashOfRow(row, leaves, hash))
				return false;
			i++;
		}
		else if (leaves)
			pkint_tree_leaf((const uint8 *) "", 0, hash);
		else
			return false;
		pkint_tree_add(&run, hash, NULL, NULL);
	}
	memcpy(tree->peak[tree->npeaks], run.peak, (size_t) run.npeaks * PKINT_TREE_HASH);
	tree->npeaks += run.npeaks;
	return true;
}

/*
 * The peaks of the tree over the first entries, from kept subtrees and the
 * entries behind the last full one.  False where something is missing.
 */
bool
pkint_log_peaks(PkintTree *tree, uint64 size)
{
	bool		whole = true;

	tree->size = size;
	tree->npeaks = 0;
	SPI_connect();
	for (int level = PKINT_TREE_PEAKS / PKINT_TREE_TILE - 1; whole && level > 0; level--)
	{
		int			bits = level * PKINT_TREE_TILE;
		uint64		to = size >> bits;
		uint64		from = bits + PKINT_TREE_TILE >= 64 ? 0
			: size >> (bits + PKINT_TREE_TILE) << PKINT_TREE_TILE;

		if (to == from)
			continue;
		RunQuery(psprintf("SELECT hash, index FROM pkint.audit_node WHERE level = %d"
					   " AND index >= $1 AND index < $2 ORDER BY index", bits),
			  (int64) from, (int64) to, SPI_OK_SELECT);
		whole = AddPeaks(tree, from, to, false);
	}
	if (whole)
	{
		uint64		from = size >> PKINT_TREE_TILE << PKINT_TREE_TILE;

		RunQuery("SELECT entry, seq - 1 FROM pkint.audit_log WHERE seq > $1 AND seq <= $2 ORDER BY seq",
				 (int64) from, (int64) size, SPI_OK_SELECT);
		whole = AddPeaks(tree, from, size, true);
	}
	SPI_finish();
	return whole;
}

/* --- opening ---------------------------------------------------------------------------- */

/* The number of the last entry; between SPI_connect and SPI_finish. */
static uint64
LastEntry(void)
{
	bool		isnull;

	RunQuery("SELECT coalesce(max(seq), 0) FROM pkint.audit_log WHERE $1 = $2", 0, 0, SPI_OK_SELECT);
	return (uint64) DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
												SPI_tuptable->tupdesc, 1, &isnull));
}

/* The last head, and by what number it is kept; false where there is none that can be read. */
static bool
LastHead(uint8 bytes[PKINT_HEAD_BYTES], PkintHead *head, int64 *kept)
{
	bool		isnull;
	bytea	   *value;

	RunQuery("SELECT head, size FROM pkint.audit_tree_head WHERE $1 = $2 ORDER BY size DESC LIMIT 1",
		  0, 0, SPI_OK_SELECT);
	*kept = 0;
	if (SPI_processed == 0)
		return false;
	value = DatumGetByteaPP(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	*kept = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull));
	if (!pkint_head_read((uint8 *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), head))
		return false;
	memcpy(bytes, VARDATA_ANY(value), PKINT_HEAD_BYTES);
	return true;
}

/* Is any head before this one sealed with a key? */
static bool
EarlierIsKeyed(int64 size)
{
	RunQuery("SELECT FROM pkint.audit_tree_head WHERE size < $1 AND size < $2"
		  " AND pg_catalog.substr(head, 33, 8) <> '\\x0000000000000000' LIMIT 1",
		  size, size, SPI_OK_SELECT);
	return SPI_processed > 0;
}

/*
 * The last head that pkint wrote.  One that it did not write is taken away, so
 * that it does not stand before those to come; *forged tells.
 */
static bool
LastGoodHead(PkintHead *head, bool *forged)
{
	uint8		bytes[PKINT_HEAD_BYTES];
	int64		kept;

	*forged = false;
	for (;;)
	{
		if (LastHead(bytes, head, &kept) && (int64) head->size == kept)
		{
			PkintSealed sealed = pkint_head_sealed(bytes, head);

			if (sealed == PKINT_SEAL_GOOD || sealed == PKINT_SEAL_NO_KEY)
				return true;
			/* before the server had a key */
			if (sealed == PKINT_SEAL_PLAIN && !EarlierIsKeyed(kept))
				return true;
		}
		if (kept == 0)
			return false;
		*forged = true;
		RunQuery("DELETE FROM pkint.audit_tree_head WHERE size = $1 OR size = $2", kept, kept, SPI_OK_DELETE);
	}
}

/* Keep a full subtree. */
static void
KeepNode(const PkintTreeNode *node, void *arg)
{
	Oid			types[] = {INT2OID, INT8OID, BYTEAOID};
	Datum		values[3];
	bytea	   *hash = palloc(VARHDRSZ + PKINT_TREE_HASH);

	SET_VARSIZE(hash, VARHDRSZ + PKINT_TREE_HASH);
	memcpy(VARDATA(hash), node->hash, PKINT_TREE_HASH);
	values[0] = Int16GetDatum((int16) node->level);
	values[1] = Int64GetDatum((int64) node->index);
	values[2] = PointerGetDatum(hash);
	SPI_connect();
	if (SPI_execute_with_args("INSERT INTO pkint.audit_node VALUES ($1, $2, $3)"
							  " ON CONFLICT (level, index) DO UPDATE SET hash = EXCLUDED.hash",
							  3, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not keep a node of the record's tree");
	SPI_finish();
	pfree(hash);
}

/* A leaf for each entry of a run of 1,000 from after "from"; none counts as nothing. */
static void
AddLeaves(PkintTree *tree, uint64 from, uint64 to)
{
	uint8		none[PKINT_TREE_HASH];

	pkint_tree_leaf((const uint8 *) "", 0, none);
	SPI_connect();
	RunQuery("SELECT entry, seq FROM pkint.audit_log WHERE seq > $1 AND seq <= $2 ORDER BY seq",
		  (int64) from, (int64) to, SPI_OK_SELECT);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		bool		isnull;
		bytea	   *entry = DatumGetByteaPP(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));
		uint64		seq = (uint64) DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull));
		uint8		leaf[PKINT_TREE_HASH];

		while (tree->size + 1 < seq)
			pkint_tree_add(tree, none, KeepNode, NULL);
		pkint_tree_leaf((uint8 *) VARDATA_ANY(entry), VARSIZE_ANY_EXHDR(entry), leaf);
		pkint_tree_add(tree, leaf, KeepNode, NULL);
	}
	while (tree->size < to)
		pkint_tree_add(tree, none, KeepNode, NULL);
	SPI_finish();
}

/* Make the tree from what is there. */
static void
MakeTreeAnew(PkintTree *tree, uint64 size)
{
	SPI_connect();
	RunQuery("DELETE FROM pkint.audit_node WHERE $1 = $2", 0, 0, SPI_OK_DELETE);
	SPI_finish();
	tree->size = 0;
	tree->npeaks = 0;
	while (tree->size < size)
	{
		AddLeaves(tree, tree->size, Min(tree->size + 1000, size));
		CHECK_FOR_INTERRUPTS();
	}
}

/* What is wrong with the end of the record as this head has it; NULL if nothing is. */
static const char *
TroubleAtEnd(PkintTree *tree, const PkintHead *head, uint64 last)
{
	uint8		root[PKINT_TREE_HASH];

	if (head->size != last)
		return gettext_noop("the record does not end where its last head says");
	if (!pkint_log_peaks(tree, head->size))
		return gettext_noop("the tree of the record is not whole");
	pkint_tree_root(tree, root);
	return memcmp(root, head->root, PKINT_TREE_HASH) == 0 ? NULL
		: gettext_noop("the record is not what its last head says");
}

/* Go on where the last head says that the record ends; a reason if that is not so. */
static const char *
FindEnd(PkintTree *tree)
{
	PkintHead	head;
	uint64		last;
	bool		forged;
	bool		found;
	const char *trouble = NULL;

	SPI_connect();
	last = LastEntry();
	found = LastGoodHead(&head, &forged);
	SPI_finish();
	tree->size = 0;
	tree->npeaks = 0;
	if (!found)
		head.size = 0;
	if (forged)
		trouble = gettext_noop("a head of the record is not as it was written");
	else if (found)
		trouble = TroubleAtEnd(tree, &head, last);
	else if (last > 0)
		trouble = gettext_noop("there are entries and no head");
	if (trouble != NULL)
		MakeTreeAnew(tree, Max(head.size, last));
	return trouble;
}

/* Open the record for appending, within a transaction; the caller holds the loader's lock. */
AuditLog *
pkint_log_open(void)
{
	AuditLog   *log = palloc0(sizeof(AuditLog));
	const char *trouble = FindEnd(&log->tree);

	log->rel = table_open(pkint_relation("audit_log"), RowExclusiveLock);
	log->estate = CreateExecutorState();
	log->result = makeNode(ResultRelInfo);
	InitResultRelInfo(log->result, log->rel, 1, NULL, 0);
	ExecOpenIndices(log->result, false);
	log->bulk = GetBulkInsertState();
	log->entries = AllocSetContextCreate(CurrentMemoryContext, "pkint entries",
										 ALLOCSET_DEFAULT_SIZES);
	log->was = log->tree.size;
	if (trouble)
		pkint_log_finding(log, true, trouble,
						  psprintf("{\"what\": \"changed\", \"entries\": " UINT64_FORMAT "}",
								   log->tree.size), NULL, 0);
	return log;
}

/* --- appending --------------------------------------------------------------------------- */

/* Insert what waits, into the table and its indexes. */
static void
InsertWaiting(AuditLog *log)
{
	if (log->waiting == 0)
		return;
	table_multi_insert(log->rel, log->slot, log->waiting,
					   GetCurrentCommandId(true), 0, log->bulk);
	for (int i = 0; i < log->waiting; i++)
	{
		List	   *recheck = pkint_insert_index_tuples(log->result, log->slot[i], log->estate);

		list_free(recheck);
		ExecClearTuple(log->slot[i]);
		ResetPerTupleExprContext(log->estate);
	}
	log->waiting = 0;
	log->waiting_bytes = 0;
	MemoryContextReset(log->entries);
}

/* One more entry, as it is. */
void
pkint_log_append(AuditLog *log, const uint8 *entry, size_t len)
{
	MemoryContext old = MemoryContextSwitchTo(log->entries);
	bytea	   *value = palloc(VARHDRSZ + len);
	uint8		leaf[PKINT_TREE_HASH];
	TupleTableSlot *slot;

	MemoryContextSwitchTo(GetMemoryChunkContext(log));
	if (log->slot[log->waiting] == NULL)
		log->slot[log->waiting] = table_slot_create(log->rel, NULL);
	MemoryContextSwitchTo(old);
	slot = log->slot[log->waiting];
	SET_VARSIZE(value, VARHDRSZ + len);
	memcpy(VARDATA(value), entry, len);
	pkint_tree_leaf(entry, len, leaf);
	pkint_tree_add(&log->tree, leaf, KeepNode, NULL);
	slot->tts_values[LOG_SEQ - 1] = Int64GetDatum((int64) log->tree.size);
	slot->tts_values[LOG_ENTRY - 1] = PointerGetDatum(value);
	memset(slot->tts_isnull, 0, LOG_COLUMNS * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	log->waiting++;
	log->waiting_bytes += len;
	if (log->waiting == MOST_AT_ONCE || log->waiting_bytes > BYTES_AT_ONCE)
		InsertWaiting(log);
}

/* How many since it was opened. */
uint64
pkint_log_appended(const AuditLog *log)
{
	return log->tree.size - log->was;
}

/* An entry that the loader makes itself. */
static void
AppendOwn(AuditLog *log, PkintEntryHead *head, const char *kind, const char *reason,
		  const char *detail, const uint8 *raw, size_t rawlen)
{
	PkintEntryField field[4];
	int			n = 0;
	size_t		size;
	uint8	   *entry;

	field[n++] = pkint_audit_field(PKINT_TAG_KIND, kind);
	if (reason)
		field[n++] = pkint_audit_field(PKINT_TAG_REASON, reason);
	if (detail)
		field[n++] = pkint_audit_field(PKINT_TAG_DETAIL, detail);
	if (raw)
	{
		field[n].tag = PKINT_TAG_RAW;
		field[n].data = raw;
		field[n++].len = rawlen;
	}
	size = pkint_entry_size(field, n);
	entry = MemoryContextAllocHuge(CurrentMemoryContext, size);
	pkint_entry_write(entry, head, field, n);
	pkint_seal_entry(entry, size);
	pkint_log_append(log, entry, size);
	pfree(entry);
}

void
pkint_log_finding(AuditLog *log, bool grave, const char *reason,
				  const char *detail, const uint8 *raw, size_t rawlen)
{
	PkintEntryHead head;

	pkint_spool_head(&head, PKINT_ENTRY_FINDING);
	head.spare = grave ? 1 : 0;
	/* whoever puts something large into the inbox by hand does not stop the loader */
	AppendOwn(log, &head, "finding", reason, detail, raw,
			  Min(rawlen, PKINT_ENTRY_MOST / 2));
}

/* Bytes of the spool that could not be read, as they are. */
void
pkint_log_damage(AuditLog *log, const uint8 *raw, size_t rawlen)
{
	PkintEntryHead head;

	pkint_spool_head(&head, PKINT_ENTRY_DAMAGE);
	AppendOwn(log, &head, "damage", NULL, NULL, raw, rawlen);
}

/* --- closing --------------------------------------------------------------------------------- */

/* The head over all that is there now. */
static void
WriteHead(const PkintTree *tree)
{
	Oid			types[] = {INT8OID, BYTEAOID};
	Datum		values[2];
	bytea	   *value = palloc(VARHDRSZ + PKINT_HEAD_BYTES);
	PkintHead	head;

	head.size = tree->size;
	head.at = GetCurrentTimestamp();
	head.system = GetSystemIdentifier();
	pkint_seal_key_id(head.key_id);
	pkint_tree_root(tree, head.root);
	SET_VARSIZE(value, VARHDRSZ + PKINT_HEAD_BYTES);
	pkint_head_write((uint8 *) VARDATA(value), &head);
	values[0] = Int64GetDatum((int64) tree->size);
	values[1] = PointerGetDatum(value);
	SPI_connect();
	if (SPI_execute_with_args("INSERT INTO pkint.audit_tree_head VALUES ($1, $2)",
							  2, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not write the head of the record");
	SPI_finish();
}

/* Insert what waits, close the batch with a head if there is anything new, and let go. */
void
pkint_log_close(AuditLog *log)
{
	InsertWaiting(log);
	if (pkint_log_appended(log) > 0)
		WriteHead(&log->tree);
	for (int i = 0; i < MOST_AT_ONCE && log->slot[i]; i++)
		ExecDropSingleTupleTableSlot(log->slot[i]);
	FreeBulkInsertState(log->bulk);
	table_finish_bulk_insert(log->rel, 0);
	ExecCloseIndices(log->result);
	FreeExecutorState(log->estate);
	table_close(log->rel, NoLock);
	MemoryContextDelete(log->entries);
	pfree(log);
}
