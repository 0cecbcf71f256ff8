/*
 * aside.c
 *	  Files of the spool that are done with, and those that nobody may take in.
 *
 * A file is removed when all that it held is on the record.  Any other is put
 * aside, into a directory of its own, with a line in the log: what nobody has
 * read is never removed.
 */
#include "src/core/compat.h"
#include "src/audit/loader.h"

#include <sys/stat.h>
#include <unistd.h>

#include "storage/fd.h"
#include "utils/timestamp.h"

/* Remove a file whose entries are on the record. */
void
pkint_spool_remove(const SpoolFile *file)
{
	char		path[MAXPGPATH];
	struct stat st;

	pkint_spool_path(path, sizeof(path), file);
	if (stat(path, &st) != 0)
		return;
	if (unlink(path) == 0)
		pkint_spool_freed(file->database, st.st_size);
	else
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not remove file \"%s\": %m", path)));
}

/* A path in the directory of what was put aside that no file has. */
static void
FreePath(char *path, size_t size, const char *name)
{
	struct stat st;

	snprintf(path, size, "%s/%s", SPOOL_ASIDE, name);
	if (lstat(path, &st) == 0)
		snprintf(path, size, "%s/%s." INT64_FORMAT, SPOOL_ASIDE, name,
				 GetCurrentTimestamp());
}

/* Put a file aside.  "why" is a phrase for the log. */
void
pkint_spool_put_aside(const char *name, const char *why)
{
	char		from[MAXPGPATH];
	char		to[MAXPGPATH];
	SpoolFile	file;
	struct stat st;

	snprintf(from, sizeof(from), "%s/%s", SPOOL_DIRECTORY, name);
	if (stat(from, &st) != 0)
		return;
	if (MakePGDirectory(SPOOL_ASIDE) != 0 && errno != EEXIST)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not create directory \"%s\": %m", SPOOL_ASIDE)));
	FreePath(to, sizeof(to), name);
	if (durable_rename(from, to, LOG) != 0)
		return;
	if (pkint_spool_parse_name(name, &file))
		pkint_spool_freed(file.database, st.st_size);
	ereport(LOG,
			(errmsg("a file of the record's spool was put aside: %s", why),
			 errdetail("It is \"%s\" now, %lld bytes.", to, (long long) st.st_size)));
}
