/*
 * loader.c
 *	  From the spool and the inbox into the record: the worker of one database.
 *
 * The worker closes the file that is written, takes in the older ones, each in
 * transactions of some thousand entries with a note of how far it got, removes
 * a file when all of it is committed, and leaves: nobody keeps a database busy
 * that is to be dropped or copied.  A crash leaves the note, so that nothing is
 * taken in twice.
 *
 * It appends entries whole and never looks into them.  Bytes that cannot be read
 * are kept as they are, in an entry of the kind "damage".  What is authentic but
 * does not belong here, comes again, or is missing, is noted as a finding, and
 * the file is put aside.
 *
 * pkint.audit_position has a row for each run of the server from which files
 * were taken: up to which number all are loaded, and how far in the next.  So
 * the copy of a file in a base backup, or one that is put back, is known again
 * wherever the database is.
 */
#include "src/core/compat.h"
#include "src/audit/loader.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "src/audit/segment.h"
#include "src/core/catalog.h"

#define ENTRIES_AT_ONCE 20000
#define BYTES_AT_ONCE (16 * 1024 * 1024)

PGDLLEXPORT void pkint_loader_main(Datum arg);

PG_FUNCTION_INFO_V1(pkint_record_begins);

/* How far a run of the server is taken in. */
typedef struct Mark
{
	int64		loaded;			/* all files up to this number */
	int64		removed;		/* and those up to this one are gone, too */
	int64		at_byte;		/* in the next file */
} Mark;

/* What became of a file. */
typedef enum Outcome
{
	FILE_LOADED,
	FILE_ASIDE,
	FILE_GONE,
	FILE_NO_KEY
} Outcome;

/* --- the note of how far it got -------------------------------------------------------- */

/* Run a command with the run of the server and two numbers. */
static void
MarkCommand(const char *command, const SpoolFile *file, int64 a, int64 b, int64 c, int expected)
{
	Oid			types[] = {OIDOID, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID};
	Datum		values[] = {ObjectIdGetDatum(file->database), Int64GetDatum((int64) file->stream),
	Int64GetDatum((int64) file->nonce), Int64GetDatum(a), Int64GetDatum(b), Int64GetDatum(c)};

	if (SPI_execute_with_args(command, 6, types, values, NULL, false, 0) != expected)
		elog(ERROR, "could not execute \"%s\"", command);
}

/* The mark of a file's run; *older: the file was written before this record began. */
static void
ReadMark(const SpoolFile *file, Mark *mark, bool *older)
{
	bool		isnull;
	bool		there;

	memset(mark, 0, sizeof(*mark));
	SPI_connect();
	MarkCommand("SELECT p.loaded, p.removed, p.at_byte, p.begins >= $4 FROM pkint.audit_position p"
				" WHERE p.database = $1 AND p.stream = $2 AND p.nonce = $3 AND $5 = $6",
				file, (int64) file->segment, 0, 0, SPI_OK_SELECT);
	there = SPI_processed == 1;
	*older = false;
	if (there)
	{
		HeapTuple	row = SPI_tuptable->vals[0];
		Datum		before = SPI_getbinval(row, SPI_tuptable->tupdesc, 4, &isnull);

		*older = !isnull && DatumGetBool(before);
		mark->loaded = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));
		mark->removed = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull));
		mark->at_byte = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 3, &isnull));
	}
	else
	{
		MarkCommand("SELECT FROM pkint.audit_position p WHERE p.database = $1 AND p.begins IS NOT NULL"
					" AND p.stream > $2 AND $3 = $3 AND $4 = $5 AND $5 = $6",
					file, 0, 0, 0, SPI_OK_SELECT);
		*older = SPI_processed > 0;
	}
	SPI_finish();
}

static void
WriteMark(const SpoolFile *file, const Mark *mark)
{
	SPI_connect();
	MarkCommand("INSERT INTO pkint.audit_position AS p (database, stream, nonce, loaded, removed, at_byte)"
				" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (database, stream, nonce) DO UPDATE"
				" SET loaded = EXCLUDED.loaded, removed = EXCLUDED.removed, at_byte = EXCLUDED.at_byte",
				file, mark->loaded, mark->removed, mark->at_byte, SPI_OK_INSERT);
	SPI_finish();
}

/*
 * record_begins(): for the installation script.  What was spooled in this
 * database before belongs to a record that is gone.
 */
Datum
pkint_record_begins(PG_FUNCTION_ARGS)
{
	SpoolFile	file;
	uint64		current;

	if (!pkint_spool_is_there() || IsBinaryUpgrade)
		PG_RETURN_VOID();
	current = pkint_spool_rotate();
	pkint_spool_this_run(&file);
	SPI_connect();
	MarkCommand("INSERT INTO pkint.audit_position (database, stream, nonce, loaded, removed, at_byte, begins)"
				" VALUES ($1, $2, $3, $4, $5, $6, $4)",
				&file, (int64) current - 1, 0, 0, SPI_OK_INSERT);
	SPI_finish();
	PG_RETURN_VOID();
}

/* --- one file ---------------------------------------------------------------------------- */

/* A file as it is taken in, over several transactions. */
typedef struct Taking
{
	SpoolFile	file;
	Segment    *segment;
	uint64		strange;
	uint64		repeated;
	int64		end_says;		/* how many entries its last one counts; -1: none seen */
} Taking;

/* A finding about a file. */
static void
FileFinding(AuditLog *log, const SpoolFile *file, bool grave, const char *what,
			const char *reason, uint64 from, uint64 to)
{
	pkint_log_finding(log, grave, reason,
					  psprintf("{\"what\": \"%s\", \"run\": \"%s\", \"file\": " UINT64_FORMAT
							   ", \"through\": " UINT64_FORMAT "}", what,
							   timestamptz_to_str((TimestampTz) file->stream), from, to),
					  NULL, 0);
}

/* One part of the file; false where it cannot go on. */
static bool
TakePart(AuditLog *log, Taking *taking, SegmentPart part, const uint8 *bytes, size_t len)
{
	PkintEntryHead head;
	const uint8 *acts;
	size_t		actslen;

	switch (part)
	{
		case SEGMENT_ENTRY:
			(void) pkint_entry_open(bytes, len, &head);
			if (head.type == PKINT_ENTRY_END)
				taking->end_says = head.rows;
			else if (head.type != PKINT_ENTRY_NOTE)
				pkint_log_append(log, bytes, len);
			else if (pkint_entry_field(bytes, len, PKINT_TAG_ACTS, &acts, &actslen))
				pkint_inbox_take(log, acts, actslen);
			return true;
		case SEGMENT_STRANGE:
			taking->strange++;
			return true;
		case SEGMENT_REPEATED:
			taking->repeated++;
			return true;
		case SEGMENT_UNKNOWN_KEY:
			return false;
		case SEGMENT_DAMAGE:
			pkint_log_damage(log, bytes, len);
			return true;
		case SEGMENT_OVER:
			break;
	}
	return true;
}

/* The end of a file: does it hold what it should? */
static void
LookAtEnd(AuditLog *log, const Taking *taking)
{
	const SpoolFile *file = &taking->file;
	uint64		good = pkint_segment_good(taking->segment);

	if (taking->strange > 0)
		FileFinding(log, file, true, "strange", gettext_noop("a file of the spool holds entries of another file, database or server"),
					file->segment, file->segment);
	else if (taking->end_says < 0 && pkint_spool_is_of_this_run(file))
		FileFinding(log, file, true, "cut", gettext_noop("the end of a file of the spool is missing"),
					file->segment, file->segment);
	else if (taking->end_says >= 0 && (uint64) taking->end_says + 1 != good)
		FileFinding(log, file, true, "cut", gettext_noop("entries of a file of the spool are missing"),
					file->segment, file->segment);
	if (taking->repeated > 0)
		FileFinding(log, file, false, "repeated", gettext_noop("a file of the spool holds entries twice"),
					file->segment, file->segment);
}

/* Skip what an earlier transaction has taken in. */
static void
SkipTo(Taking *taking, int64 at_byte)
{
	const uint8 *bytes;
	size_t		len;
	PkintEntryHead head;

	while (pkint_segment_at(taking->segment) < at_byte)
	{
		SegmentPart part = pkint_segment_next(taking->segment, &bytes, &len);

		if (part == SEGMENT_OVER)
			return;
		if (part == SEGMENT_ENTRY && pkint_entry_open(bytes, len, &head) &&
			head.type == PKINT_ENTRY_END)
			taking->end_says = head.rows;
	}
}

static void
BeginTransaction(void)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
}

static void
EndTransaction(void)
{
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/* Some thousand entries in one transaction; true when the file is at its end. */
static bool
TakeSome(Taking *taking, Mark *mark, Outcome *outcome)
{
	AuditLog   *log;
	int64		from = pkint_segment_at(taking->segment);
	SegmentPart part = SEGMENT_OVER;
	const uint8 *bytes;
	size_t		len;

	mark->at_byte = from;
	BeginTransaction();
	log = pkint_log_open();
	while (pkint_log_appended(log) < ENTRIES_AT_ONCE &&
		   pkint_segment_at(taking->segment) - from < BYTES_AT_ONCE)
	{
		part = pkint_segment_next(taking->segment, &bytes, &len);
		if (part == SEGMENT_OVER)
			break;
		if (!TakePart(log, taking, part, bytes, len))
		{
			*outcome = FILE_NO_KEY;
			break;
		}
		mark->at_byte = pkint_segment_at(taking->segment);
		CHECK_FOR_INTERRUPTS();
	}
	if (part == SEGMENT_OVER)
	{
		LookAtEnd(log, taking);
		mark->loaded = (int64) taking->file.segment;
		mark->at_byte = 0;
	}
	pkint_log_close(log);
	WriteMark(&taking->file, mark);
	EndTransaction();
	return part == SEGMENT_OVER || *outcome == FILE_NO_KEY;
}

/* Files between the last that was taken in and this one are gone: note it. */
static void
NoteGap(const SpoolFile *file, Mark *mark)
{
	AuditLog   *log;

	BeginTransaction();
	log = pkint_log_open();
	FileFinding(log, file, true, "missing", gettext_noop("files of the spool are missing"),
				(uint64) mark->loaded + 1, file->segment - 1);
	pkint_log_close(log);
	mark->loaded = (int64) file->segment - 1;
	mark->at_byte = 0;
	WriteMark(file, mark);
	EndTransaction();
}

/* A file that was taken in before is there again, or does not belong here: note it. */
static void
NoteFile(const SpoolFile *file, bool grave, const char *what, const char *reason)
{
	AuditLog   *log;

	BeginTransaction();
	log = pkint_log_open();
	FileFinding(log, file, grave, what, reason, file->segment, file->segment);
	pkint_log_close(log);
	EndTransaction();
}

/*
 * Was a file written in the place that its name says?  So if it holds an entry
 * that says the same.  Asked before a gap in the numbers is believed.
 */
static bool
IsWhatItSays(const SpoolFile *file)
{
	Segment    *segment;
	SegmentPart part = SEGMENT_DAMAGE;
	const uint8 *bytes;
	size_t		len;

	if (!pkint_segment_open(&segment, file))
		return false;
	while (part != SEGMENT_ENTRY && part != SEGMENT_UNKNOWN_KEY && part != SEGMENT_OVER)
		part = pkint_segment_next(segment, &bytes, &len);
	pkint_segment_close(segment);
	return part != SEGMENT_OVER;
}

/* Put a file aside by its number. */
static void
PutFileAside(const SpoolFile *file, const char *why)
{
	char		path[MAXPGPATH];

	pkint_spool_path(path, sizeof(path), file);
	pkint_spool_put_aside(path + strlen(SPOOL_DIRECTORY) + 1, why);
}

/* Take in the rest of a file that is the next of its run. */
static Outcome
TakeFile(const SpoolFile *file, Mark *mark)
{
	Taking		taking = {*file, NULL, 0, 0, -1};
	Outcome		outcome = FILE_LOADED;

	if (!pkint_segment_open(&taking.segment, file))
		return FILE_GONE;
	SkipTo(&taking, mark->at_byte);
	while (!TakeSome(&taking, mark, &outcome))
		CHECK_FOR_INTERRUPTS();
	pkint_segment_close(taking.segment);
	if (outcome == FILE_LOADED && (taking.strange > 0 || taking.repeated > 0))
		outcome = FILE_ASIDE;
	return outcome;
}

/* One file, whatever it is. */
static void
LoadFile(const SpoolFile *file)
{
	Mark		mark;
	bool		older;
	Outcome		outcome;

	BeginTransaction();
	ReadMark(file, &mark, &older);
	EndTransaction();
	if (older)
	{
		PutFileAside(file, "it is of a record that was here before pkint was installed");
		return;
	}
	if ((int64) file->segment <= mark.loaded)
	{
		/* removing it is what is left of an earlier pass, unless it has been removed */
		if ((int64) file->segment > mark.removed)
			pkint_spool_remove(file);
		else
		{
			NoteFile(file, false, "again", gettext_noop("a file of the spool that was taken in is there again"));
			PutFileAside(file, "it is on the record");
		}
		return;
	}
	if ((int64) file->segment > mark.loaded + 1)
	{
		if (!IsWhatItSays(file))
		{
			NoteFile(file, true, "strange", gettext_noop("a file of the spool is not what its name says"));
			PutFileAside(file, "it is not what its name says");
			return;
		}
		NoteGap(file, &mark);
	}
	mark.removed = mark.loaded;
	outcome = TakeFile(file, &mark);
	if (outcome == FILE_LOADED)
		pkint_spool_remove(file);
	else if (outcome == FILE_ASIDE)
		PutFileAside(file, "it holds entries that do not belong there");
	else if (outcome == FILE_NO_KEY && pkint_spool_in_trouble(file->database, SPOOL_NO_KEY))
		ereport(LOG,
				(errmsg("a file of the record's spool waits for its key"),
				 errdetail("It was sealed under a root key that this server does not have."),
				 errhint("Put that key into pkint.key_file, behind the one in force, and restart the server.")));
}

/* --- the worker ---------------------------------------------------------------------------- */

/* Is the extension there, in this database? */
static bool
HaveExtension(void)
{
	bool		have;

	StartTransactionCommand();
	have = OidIsValid(pkint_relation("audit_position"));
	CommitTransactionCommand();
	return have;
}

/* One loader at a time, for the whole pass; no SQL can take this lock. */
static void
LockLoader(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0x504b, 0, 7);
	(void) LockAcquire(&tag, ExclusiveLock, true, false);
}

/* What waits in the inbox without a note. */
static void
TakeRest(void)
{
	uint64		taken;

	do
	{
		AuditLog   *log;

		BeginTransaction();
		log = pkint_log_open();
		taken = pkint_inbox_take_rest(log);
		pkint_log_close(log);
		EndTransaction();
	} while (taken > 0);
}

/* Are all files that were closed in this run taken in by now? */
static void
LookForLost(const SpoolFile *next)
{
	Mark		mark;
	bool		older;

	BeginTransaction();
	ReadMark(next, &mark, &older);
	EndTransaction();
	if (!older && mark.loaded + 1 < (int64) next->segment)
		NoteGap(next, &mark);
}

/* All that waits in this database. */
static void
TakeIn(void)
{
	TimestampTz began = GetCurrentTimestamp();
	MemoryContext memory = AllocSetContextCreate(TopMemoryContext, "pkint loader",
												 ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(memory);
	SpoolFile	next;
	SpoolFile  *files;
	int			count;

	pkint_spool_this_run(&next);
	next.segment = pkint_spool_rotate();
	BeginTransaction();
	MemoryContextSwitchTo(memory);
	files = pkint_segment_list(MyDatabaseId, &count, false);
	EndTransaction();
	for (int i = 0; i < count; i++)
	{
		MemoryContextSwitchTo(memory);
		LoadFile(&files[i]);
	}
	LookForLost(&next);
	TakeRest();
	pkint_spool_passed(began);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(memory);
}

/* What was spooled in a database that has no pkint any more belongs nowhere. */
static void
PutAllAside(void)
{
	SpoolFile  *files;
	int			count;

	(void) pkint_spool_rotate();
	StartTransactionCommand();
	files = pkint_segment_list(MyDatabaseId, &count, false);
	for (int i = 0; i < count; i++)
		PutFileAside(&files[i], "its database has no pkint");
	CommitTransactionCommand();
	pkint_spool_passed(GetCurrentTimestamp());
}

/* One database: take in, leave. */
void
pkint_loader_main(Datum arg)
{
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, 0);
	/* whoever holds a table of the record for longer is passed over, and asked again later */
	SetConfigOption("lock_timeout", "5s", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("session_replication_role", "replica", PGC_SUSET, PGC_S_OVERRIDE);
	pgstat_report_appname("pkint record loader");
	BeginTransaction();
	LockLoader();
	EndTransaction();
	if (HaveExtension())
		TakeIn();
	else
		PutAllAside();
}
