/*
 * segment.c
 *	  Reading a file of the spool, whatever it holds.
 *
 * The file is read through a window, so that memory is bounded.  What is no
 * entry with a good seal is damage: a run of bytes up to the next entry.  A file
 * made to look like many entries with bad seals would cost a hash over the same
 * bytes again and again; so the bytes that may be hashed in vain are bounded,
 * and beyond them the rest of the file is damage.
 */
#include "src/core/compat.h"
#include "src/audit/segment.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/fd.h"

#define WINDOW_MOST (2 * PKINT_ENTRY_MOST)
#define DAMAGE_MOST (64 * 1024)

/* So many numbers may have been given out for attempts to write that failed. */
#define SPARE_NUMBERS 1000000

struct Segment
{
	SpoolFile	file;
	int			fd;
	int64		size;
	uint8	   *window;
	size_t		room;
	int64		window_at;		/* where in the file it begins */
	size_t		window_len;
	size_t		at;				/* what comes next, in the window */
	int64		in_vain;		/* bytes that may still be hashed for nothing */
	uint8	   *seen;			/* one bit for each number */
	uint32		numbers;
	uint64		good;
};

/* Open a file of the spool. */
bool
pkint_segment_open(Segment **result, const SpoolFile *file)
{
	char		path[MAXPGPATH];
	struct stat st;
	Segment    *segment;
	int			fd;

	pkint_spool_path(path, sizeof(path), file);
	/* not one that ends with the transaction */
	fd = BasicOpenFile(path, O_RDONLY | PG_BINARY);
	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0 || fstat(fd, &st) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read file \"%s\": %m", path)));
	segment = palloc0(sizeof(Segment));
	segment->file = *file;
	segment->fd = fd;
	segment->size = st.st_size;
	segment->room = (size_t) Min(segment->size, WINDOW_MOST);
	segment->window = MemoryContextAllocHuge(CurrentMemoryContext, segment->room + 1);
	segment->in_vain = 4 * segment->size + WINDOW_MOST;
	segment->numbers = (uint32) Min(segment->size / PKINT_ENTRY_LEAST + SPARE_NUMBERS, PG_INT32_MAX);
	segment->seen = palloc0(segment->numbers / 8 + 1);
	*result = segment;
	return true;
}

void
pkint_segment_close(Segment *segment)
{
	close(segment->fd);
	pfree(segment->window);
	pfree(segment->seen);
	pfree(segment);
}

/* Bytes of the window that are not yet looked at. */
static size_t
Left(const Segment *segment)
{
	return segment->window_len - segment->at;
}

/* Have an entry's worth of bytes in the window, or all that the file still has. */
static void
Fill(Segment *segment)
{
	if (Left(segment) >= PKINT_ENTRY_MOST ||
		segment->window_at + (int64) segment->window_len >= segment->size)
		return;
	memmove(segment->window, segment->window + segment->at, Left(segment));
	segment->window_at += segment->at;
	segment->window_len -= segment->at;
	segment->at = 0;
	while (segment->window_len < segment->room)
	{
		ssize_t		n = pg_pread(segment->fd, segment->window + segment->window_len,
								 segment->room - segment->window_len,
								 segment->window_at + (off_t) segment->window_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not read a file of the record's spool: %m")));
		if (n == 0)
		{
			segment->size = segment->window_at + (int64) segment->window_len;
			break;
		}
		segment->window_len += (size_t) n;
	}
}

/* Is this number new in the file?  It is not any more. */
static bool
IsNew(Segment *segment, uint32 number)
{
	uint8		bit = (uint8) (1 << (number & 7));

	if (number >= segment->numbers || (segment->seen[number >> 3] & bit) != 0)
		return false;
	segment->seen[number >> 3] |= bit;
	return true;
}

/* Does an entry say that it was written into this file? */
static bool
SaysItIsOf(const SpoolFile *file, const PkintEntryHead *head)
{
	return head->system == GetSystemIdentifier() &&
		head->database == file->database && head->stream == file->stream &&
		head->nonce == file->nonce && head->segment == file->segment;
}

/* What of a file an authentic entry is. */
static SegmentPart
PartOf(Segment *segment, const uint8 *entry, size_t len)
{
	PkintEntryHead head;

	if (!pkint_entry_open(entry, len, &head))
		return SEGMENT_DAMAGE;
	if (!SaysItIsOf(&segment->file, &head))
		return SEGMENT_STRANGE;
	return IsNew(segment, head.number) ? SEGMENT_ENTRY : SEGMENT_REPEATED;
}

/*
 * May this be an entry under a key that is not here?  Only in a file of an
 * earlier run, since this run seals with the key that is here; and only if it
 * says that it is of this file, since a torn entry names any key.
 */
static bool
MayBeUnderAnotherKey(const Segment *segment, const uint8 *entry, size_t len)
{
	PkintEntryHead head;

	return !pkint_spool_is_of_this_run(&segment->file) &&
		pkint_entry_open(entry, len, &head) && SaysItIsOf(&segment->file, &head);
}

/* How long is the entry with a seal that can be looked at which begins here? 0: none. */
static size_t
EntryHere(Segment *segment, PkintSealed *sealed)
{
	const uint8 *here = segment->window + segment->at;
	size_t		len = pkint_entry_length(here, Left(segment));

	if (len == 0 || segment->in_vain < 0)
		return 0;
	*sealed = pkint_seal_look_entry(here, len);
	if (*sealed == PKINT_SEAL_GOOD ||
		(*sealed == PKINT_SEAL_NO_KEY && MayBeUnderAnotherKey(segment, here, len)))
		return len;
	segment->in_vain -= (int64) len;
	return 0;
}

/* A run of bytes that cannot be read, up to the next entry. */
static SegmentPart
Damage(Segment *segment, const uint8 **bytes, size_t *len)
{
	size_t		from = segment->at;
	PkintSealed sealed;

	do
	{
		segment->at++;
		if ((segment->at & 0xfff) == 0)
			CHECK_FOR_INTERRUPTS();
	} while (Left(segment) > 0 && segment->at - from < DAMAGE_MOST &&
			 (Left(segment) >= PKINT_ENTRY_MOST ||
			  segment->window_at + (int64) segment->window_len >= segment->size) &&
			 EntryHere(segment, &sealed) == 0);
	*bytes = segment->window + from;
	*len = segment->at - from;
	return SEGMENT_DAMAGE;
}

/* What comes next in the file; the bytes are good until the next call. */
SegmentPart
pkint_segment_next(Segment *segment, const uint8 **bytes, size_t *len)
{
	PkintSealed sealed;
	SegmentPart part;

	Fill(segment);
	if (Left(segment) == 0)
		return SEGMENT_OVER;
	*len = EntryHere(segment, &sealed);
	if (*len == 0)
		return Damage(segment, bytes, len);
	*bytes = segment->window + segment->at;
	segment->at += *len;
	if (sealed == PKINT_SEAL_NO_KEY)
		return SEGMENT_UNKNOWN_KEY;
	part = PartOf(segment, *bytes, *len);
	if (part == SEGMENT_ENTRY)
		segment->good++;
	return part;
}

/* Where in the file the next part begins. */
int64
pkint_segment_at(const Segment *segment)
{
	return segment->window_at + (int64) segment->at;
}

int64
pkint_segment_size(const Segment *segment)
{
	return segment->size;
}

/* How many entries of this file there were so far. */
uint64
pkint_segment_good(const Segment *segment)
{
	return segment->good;
}

/* In which order files are taken in: by run of the server, then by number. */
static int
CompareFiles(const void *a, const void *b)
{
	const SpoolFile *x = a;
	const SpoolFile *y = b;

	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	if (x->nonce != y->nonce)
		return x->nonce < y->nonce ? -1 : 1;
	if (x->segment != y->segment)
		return x->segment < y->segment ? -1 : 1;
	return 0;
}

/* The files of a database, oldest first. */
SpoolFile *
pkint_segment_list(Oid database, int *count, bool with_current)
{
	int			room = 16;
	SpoolFile  *files = palloc(room * sizeof(SpoolFile));
	DIR		   *dir = AllocateDir(SPOOL_DIRECTORY);
	struct dirent *de;

	*count = 0;
	while ((de = ReadDir(dir, SPOOL_DIRECTORY)) != NULL)
	{
		SpoolFile	file;

		if (!pkint_spool_parse_name(de->d_name, &file) || file.database != database ||
			(!with_current && pkint_spool_is_current(&file)))
			continue;
		if (*count == room)
		{
			room *= 2;
			files = repalloc(files, room * sizeof(SpoolFile));
		}
		files[(*count)++] = file;
	}
	FreeDir(dir);
	qsort(files, *count, sizeof(SpoolFile), CompareFiles);
	return files;
}
