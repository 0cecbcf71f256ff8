/*
 * keys.c
 *	  Loading, holding and deriving keys.
 *
 * The root key comes from a file or a command, once, when the server starts,
 * and is held in one mapping that every backend inherits.  It is never in a
 * setting's value, a table, a log or the data directory.  The first line is
 * the key in force; further lines are earlier ones, which open what has not
 * been sealed anew since the key was changed.
 */
#include "src/keys/keys.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "src/core/settings.h"
#include "src/keys/secret.h"

#define MAX_ROOTS 8

/* one key in hex and a line end for each root, and some to see too much */
#define KEY_TEXT_MAX (MAX_ROOTS * (2 * PKINT_KEY_BYTES + 2) + 2)

typedef struct RootKeys
{
	int			count;
	uint8		key[MAX_ROOTS][PKINT_KEY_BYTES];
	uint8		check[MAX_ROOTS][PKINT_KEY_CHECK_BYTES];
	char		text[KEY_TEXT_MAX]; /* used while loading only */
} RootKeys;

/* in secret memory; NULL where no key is configured */
static RootKeys *roots = NULL;

static char *key_file = NULL;
static char *key_command = NULL;
static char *keyring_directory = NULL;
static bool core_files = false;

PG_FUNCTION_INFO_V1(pkint_key_check_value);

/* Define the settings of the keyring. */
void
pkint_keys_init(void)
{
	/* they are read at server start only: elsewhere nobody may set them */
	GucContext	context = pkint_preloaded ? PGC_POSTMASTER : PGC_SIGHUP;
	int			flags = GUC_SUPERUSER_ONLY | GUC_DISALLOW_IN_AUTO_FILE;

	DefineCustomStringVariable("pkint.key_file",
							   "File that holds the root key, outside the data directory.",
							   "64 hexadecimal digits; a regular file of mode 0600, or a FIFO that is answered once.",
							   &key_file, "", context, flags, NULL, NULL, NULL);
	DefineCustomStringVariable("pkint.key_command",
							   "Command that prints the root key once, when the server starts.",
							   NULL,
							   &key_command, "", context, flags, NULL, NULL, NULL);
	DefineCustomStringVariable("pkint.keyring_directory",
							   "Directory of the keyring, outside the data directory.",
							   "Left empty: the path of pkint.key_file with .ring after it.",
							   &keyring_directory, "", context, flags, NULL, NULL, NULL);
	DefineCustomBoolVariable("pkint.core_files",
							 "Let the server leave core files although it holds a key.",
							 "While it is off, no process of the server can be traced by its own user.",
							 &core_files, false, context, flags, NULL, NULL, NULL);
}

/* The directory of the keyring, or NULL where none can be told. */
const char *
pkint_keyring_directory(void)
{
	static char *path = NULL;

	if (keyring_directory && keyring_directory[0] != '\0')
		return keyring_directory;
	if (key_file == NULL || key_file[0] == '\0')
		return NULL;
	if (path == NULL)
	{
		path = MemoryContextAlloc(TopMemoryContext, strlen(key_file) + 6);
		sprintf(path, "%s.ring", key_file);
	}
	return path;
}

/* Is path, with all links followed, dir or something below it? */
static bool
LiesBelow(const char *path, const char *dir)
{
	char		real[PATH_MAX];
	size_t		len;

	if (realpath(dir, real) == NULL)
		return false;
	len = strlen(real);
	return strncmp(path, real, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/*
 * Is the file in the data directory or in one of its tablespaces, that is to
 * say in every base backup?
 */
static bool
InDataDirectory(const char *path)
{
	char		real[PATH_MAX];
	char		link[MAXPGPATH];
	DIR		   *dir;
	struct dirent *entry;
	bool		found = false;

	if (realpath(path, real) == NULL)
		return false;
	snprintf(link, sizeof(link), "%s/pg_wal", DataDir);
	if (LiesBelow(real, DataDir) || LiesBelow(real, link))
		return true;
	snprintf(link, sizeof(link), "%s/pg_tblspc", DataDir);
	dir = opendir(link);
	while (dir && !found && (entry = readdir(dir)) != NULL)
	{
		if (entry->d_name[0] == '.')
			continue;
		snprintf(link, sizeof(link), "%s/pg_tblspc/%s", DataDir, entry->d_name);
		found = LiesBelow(real, link);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The same owner and mode test as the server makes of a TLS key. */
static void
CheckKeyFile(const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" is neither a regular file nor a FIFO", path)));
	if (st->st_uid != geteuid() && st->st_uid != 0)
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" must be owned by the database user or root", path)));
	if ((st->st_uid == geteuid() && st->st_mode & (S_IRWXG | S_IRWXO)) ||
		(st->st_uid != geteuid() && st->st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)))
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" has group or world access", path),
				 errdetail("It must have permissions u=rw (0600) or less if it is owned by the database user, or u=rw,g=r (0640) or less if it is owned by root."),
				 errhint("Use chmod, and treat the key as known to whoever could read it.")));
	if (InDataDirectory(path))
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" lies inside the data directory", path),
				 errdetail("Every base backup would hold the key beside what it seals."),
				 errhint("Move it to a directory that is not backed up with the database.")));
}

/* Read all there is, up to the room in roots->text; false on error. */
static bool
ReadAll(int fd)
{
	size_t		used = 0;

	while (used < KEY_TEXT_MAX - 1)
	{
		ssize_t		n = read(fd, roots->text + used, KEY_TEXT_MAX - 1 - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		used += (size_t) n;
	}
	roots->text[used] = '\0';
	return true;
}

/* Read the key file into roots->text. */
static void
ReadKeyFile(const char *path)
{
	struct stat st;
	int			fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		ereport(FATAL,
				(errcode_for_file_access(),
				 errmsg("could not open key file \"%s\": %m", path),
				 errhint("Make a key as docs/keys.md says, or empty pkint.key_file to run without sources.")));
	CheckKeyFile(path, &st);
	if (!ReadAll(fd))
		ereport(FATAL,
				(errcode_for_file_access(),
				 errmsg("could not read key file \"%s\": %m", path)));
	close(fd);
}

/* Read what the key command prints into roots->text. */
static void
ReadKeyCommand(const char *command)
{
	FILE	   *pipe;
	bool		read_all;
	int			rc;

	fflush(NULL);
	pipe = popen(command, "r");
	if (pipe == NULL)
		ereport(FATAL,
				(errcode_for_file_access(),
				 errmsg("could not run pkint.key_command: %m")));
	/* past the buffer of stdio, which would keep a copy */
	read_all = ReadAll(fileno(pipe));
	rc = pclose(pipe);
	if (!read_all || rc != 0)
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("pkint.key_command failed"),
				 errdetail("%s", wait_result_to_str(rc))));
}

/* The value of a hexadecimal digit, or -1. */
static int
HexValue(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One line of hex into one key; the character after it, or NULL if malformed. */
static const char *
ParseKey(const char *line, uint8 key[PKINT_KEY_BYTES])
{
	for (int i = 0; i < PKINT_KEY_BYTES; i++)
	{
		int			high = HexValue(line[0]);
		int			low = high < 0 ? -1 : HexValue(line[1]);

		if (low < 0)
			return NULL;
		key[i] = (uint8) (high << 4 | low);
		line += 2;
	}
	if (*line == '\r')
		line++;
	if (*line == '\n')
		return line + 1;
	return *line == '\0' ? line : NULL;
}

/* Parse roots->text; false if it is not one to MAX_ROOTS well-formed keys. */
static bool
ParseKeys(void)
{
	const char *line = roots->text;

	roots->count = 0;
	while (*line != '\0')
	{
		if (roots->count == MAX_ROOTS)
			return false;
		line = ParseKey(line, roots->key[roots->count]);
		if (line == NULL)
			return false;
		roots->count++;
	}
	return roots->count > 0;
}

/* A key that is all one byte was never random. */
static bool
IsTrivial(const uint8 key[PKINT_KEY_BYTES])
{
	for (int i = 1; i < PKINT_KEY_BYTES; i++)
		if (key[i] != key[0])
			return false;
	return true;
}

/* Make the directory of the keyring if it is missing; refuse a bad place. */
static void
PrepareKeyringDirectory(void)
{
	const char *dir = pkint_keyring_directory();
	struct stat st;

	if (dir == NULL)
		return;
	if (stat(dir, &st) != 0 && errno == ENOENT && mkdir(dir, S_IRWXU) != 0)
	{
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not create keyring directory \"%s\": %m", dir),
				 errhint("Create it for the server's user with mode 0700, or set pkint.keyring_directory; until then no source can be registered.")));
		return;
	}
	if (InDataDirectory(dir))
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("keyring directory \"%s\" lies inside the data directory", dir),
				 errhint("Every base backup would hold the keyring; set pkint.keyring_directory to another place.")));
	if (stat(dir, &st) == 0 && (!S_ISDIR(st.st_mode) || (st.st_mode & (S_IRWXG | S_IRWXO))))
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("keyring directory \"%s\" must be a directory with mode 0700", dir)));
}

/* Map secret memory, fetch the keys into it, and wipe what they came in. */
static void
FetchRoots(bool from_file)
{
	const char *how;

	roots = pkint_secret_map(sizeof(RootKeys), &how);
	if (roots == NULL)
		ereport(FATAL,
				(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				 errmsg("could not get locked memory for the root key: %m"),
				 errhint("Raise the limit of locked memory (ulimit -l) of the server.")));
	if (from_file)
		ReadKeyFile(key_file);
	else
		ReadKeyCommand(key_command);
	if (!ParseKeys() || IsTrivial(roots->key[0]))
	{
		pkint_secret_unmap(roots, sizeof(RootKeys));
		roots = NULL;
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 from_file ? errmsg("key file \"%s\" does not hold a key", key_file)
				 : errmsg("pkint.key_command did not print a key"),
				 errdetail("A key is 32 random bytes written as 64 hexadecimal digits, one key a line, at most %d lines.", MAX_ROOTS),
				 errhint("Make one with: (umask 077; openssl rand -hex 32 > FILE)")));
	}
	explicit_bzero(roots->text, sizeof(roots->text));
	for (int i = 0; i < roots->count; i++)
	{
		uint8		check[PKINT_KEY_BYTES];

		pkint_derive_key_of(i, "check", "", 0, check);
		memcpy(roots->check[i], check, PKINT_KEY_CHECK_BYTES);
	}
	ereport(LOG,
			(errmsg("pkint: root key loaded, held in %s", how)));
}

/*
 * Load the keys, in the postmaster and when the server starts.  Whatever is
 * wrong with them keeps the server from starting.
 */
void
pkint_keys_load(void)
{
	bool		from_file = key_file && key_file[0] != '\0';
	bool		from_command = key_command && key_command[0] != '\0';

	if (from_file && from_command)
		ereport(FATAL,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("pkint.key_file and pkint.key_command are both set"),
				 errhint("Keep the one that the key comes from.")));
	if (!from_file && !from_command)
	{
		ereport(LOG,
				(errmsg("pkint: no root key is configured; the functions on sources will refuse to work")));
		return;
	}
	FetchRoots(from_file);
	PrepareKeyringDirectory();
	if (!core_files)
		pkint_make_undumpable();
}

/* Is there a root key? */
bool
pkint_keys_available(void)
{
	return roots != NULL;
}

/* Refuse to go on without a root key, and say what is missing. */
void
pkint_require_keys(void)
{
	pkint_require_preload();
	if (roots == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this server has no root key, so it cannot protect sources"),
				 errhint("The administrator sets pkint.key_file or pkint.key_command in postgresql.conf and restarts the server; docs/keys.md tells how.")));
}

/* How many root keys there are, the one in force and earlier ones. */
int
pkint_key_count(void)
{
	return roots ? roots->count : 0;
}

/* Which root key has this check value: 0 the one in force, -1 none. */
int
pkint_key_find(const uint8 check[PKINT_KEY_CHECK_BYTES])
{
	for (int i = 0; roots && i < roots->count; i++)
		if (memcmp(roots->check[i], check, PKINT_KEY_CHECK_BYTES) == 0)
			return i;
	return -1;
}

/* The check value of a root key: it tells keys apart and tells nothing else. */
void
pkint_key_check(int which, uint8 check[PKINT_KEY_CHECK_BYTES])
{
	memcpy(check, roots->check[which], PKINT_KEY_CHECK_BYTES);
}

/*
 * Derive a key from one of the root keys.  Purpose, unit and epoch each stand
 * in the info with their length, so that no two uses share a key.
 */
void
pkint_derive_key_of(int which, const char *purpose, const char *unit, int epoch,
					uint8 out[PKINT_KEY_BYTES])
{
	uint8		info[256];
	uint32		big = pg_hton32((uint32) epoch);
	PkintBytes	parts[] = {
		{"pkint/1", 7},
		{purpose, strlen(purpose)},
		{unit, strlen(unit)},
		{&big, sizeof(big)}
	};
	size_t		len = pkint_frame(info, sizeof(info), parts, lengthof(parts));

	if (len == 0)
		elog(ERROR, "name of a key is too long");
	pkint_hkdf(roots->key[which], PKINT_KEY_BYTES, NULL, 0, info, len,
			   out, PKINT_KEY_BYTES);
}

/*
 * Derive a key from the root key in force; raises where there is none.  The
 * caller wipes it.
 */
void
pkint_derive_key(const char *purpose, const char *unit, int epoch,
				 uint8 out[PKINT_KEY_BYTES])
{
	pkint_require_keys();
	pkint_derive_key_of(0, purpose, unit, epoch, out);
}

/* SQL: the check value of the key in force, or NULL. */
Datum
pkint_key_check_value(PG_FUNCTION_ARGS)
{
	char		hex[2 * PKINT_KEY_CHECK_BYTES + 1];

	if (roots == NULL)
		PG_RETURN_NULL();
	hex_encode((const char *) roots->check[0], PKINT_KEY_CHECK_BYTES, hex);
	hex[2 * PKINT_KEY_CHECK_BYTES] = '\0';
	PG_RETURN_TEXT_P(cstring_to_text(hex));
}
