/*
 * keyring.c
 *	  The keyring: a tree of keys, outside the database, that forgets.
 *
 * The keys of all vault rows are the leaves of one binary tree.  A node's key
 * gives the keys of its two children, so that whoever holds a node can compute
 * all that is below it and nothing else.  At first the file holds the root of
 * the tree alone.  To forget a leaf, the node above it is replaced by the
 * nodes that branch off on the way down to it: every other leaf can still be
 * computed, this one never again.  About 20 nodes of 36 bytes for the first.
 *
 * One file for each vault (database), replaced by rename and synced; whoever
 * replaces it holds a lock on a second file.  What the file holds is sealed
 * under a key derived from the root key: without that it is of no use, and a
 * change to it is noticed.
 *
 * File: header (magic, key check, generation, next leaf, number of nodes,
 * nonce), the sealed nodes sorted by number, the tag.  Numbers have their
 * highest byte first.  Node 1 is the root, 2n and 2n + 1 the children of n.
 */
#include "src/keys/keyring.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "src/keys/keys.h"
#include "src/keys/secret.h"

#define MAGIC "PKR1"
#define FIRST_LEAF_NODE ((uint32) PKINT_KEYRING_LEAVES)

typedef struct RingHeader
{
	char		magic[4];
	uint8		check[PKINT_KEY_CHECK_BYTES];
	uint32		generation;
	uint32		next_leaf;
	uint32		nodes;
	uint8		nonce[PKINT_NONCE_BYTES];
} RingHeader;

typedef struct RingNode
{
	uint32		number;
	uint8		key[PKINT_KEY_BYTES];
} RingNode;

StaticAssertDecl(sizeof(RingHeader) == 36, "keyring header has holes");
StaticAssertDecl(sizeof(RingNode) == 36, "keyring node has holes");

struct PkintKeyring
{
	uint8		vault[PKINT_VAULT_ID_BYTES];
	uint32		generation;
	uint32		next_leaf;
	int			count;
	int			room;
	/* secret memory from here: the nodes, and the way to the last leaf asked */
	size_t		mapped;
	RingNode   *path;			/* [PKINT_KEYRING_DEPTH + 1], number 0: unknown */
	RingNode   *node;
	MemoryContextCallback release;
};

/* Path of a file of the keyring: suffix is "ring", "lock" or "new". */
static char *
RingPath(const uint8 *vault, const char *suffix)
{
	const char *dir = pkint_keyring_directory();
	char		hex[2 * PKINT_VAULT_ID_BYTES + 1];

	if (dir == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this server has no place for its keyring"),
				 errhint("The administrator sets pkint.keyring_directory in postgresql.conf and restarts the server.")));
	hex_encode((const char *) vault, PKINT_VAULT_ID_BYTES, hex);
	hex[2 * PKINT_VAULT_ID_BYTES] = '\0';
	return psprintf("%s/%s.%s", dir, hex, suffix);
}

/* The key that seals the keyring file of a vault. */
static void
RingKey(int which, const uint8 *vault, uint8 key[PKINT_KEY_BYTES])
{
	char		hex[2 * PKINT_VAULT_ID_BYTES + 1];

	hex_encode((const char *) vault, PKINT_VAULT_ID_BYTES, hex);
	hex[2 * PKINT_VAULT_ID_BYTES] = '\0';
	pkint_derive_key_of(which, "keyring", hex, 0, key);
}

/* Give the secret memory back. */
static void
ReleaseRing(void *arg)
{
	PkintKeyring *ring = arg;

	if (ring->path)
		pkint_secret_unmap(ring->path, ring->mapped);
	ring->path = NULL;
	ring->node = NULL;
}

/* An empty keyring with room for so many nodes, released with its context. */
static PkintKeyring *
NewRing(const uint8 *vault, int room)
{
	PkintKeyring *ring = palloc0(sizeof(PkintKeyring));

	memcpy(ring->vault, vault, PKINT_VAULT_ID_BYTES);
	ring->room = room;
	ring->mapped = sizeof(RingNode) * (PKINT_KEYRING_DEPTH + 1 + (size_t) room);
	ring->path = pkint_secret_map(ring->mapped, NULL);
	if (ring->path == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				 errmsg("could not get locked memory for the keyring: %m"),
				 errhint("Raise the limit of locked memory (ulimit -l) of the server.")));
	ring->node = ring->path + PKINT_KEYRING_DEPTH + 1;
	ring->release.func = ReleaseRing;
	ring->release.arg = ring;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &ring->release);
	return ring;
}

/* Wipe a keyring at once, not only when its context goes. */
void
pkint_keyring_close(PkintKeyring *ring)
{
	ReleaseRing(ring);
}

/* Raise for a file that is not what was written. */
static void
DamagedRing(const char *path)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("keyring file \"%s\" is damaged", path),
			 errhint("Put back the newest copy of the keyring, from a standby or from its own backup; docs/keys.md tells how.")));
}

/* Read a whole file into palloc'd memory. */
static uint8 *
ReadRingFile(const char *path, size_t *len)
{
	struct stat st;
	int			fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8	   *data;
	ssize_t		n;

	if (fd < 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open keyring file \"%s\": %m", path),
				 errhint("The sealed identities cannot be read without it. Put it back from a standby or from its own backup; docs/keys.md tells how.")));
	if (fstat(fd, &st) != 0 || st.st_size > 256 * 1024 * 1024)
	{
		close(fd);
		DamagedRing(path);
	}
	data = palloc((size_t) st.st_size + 1);
	n = read(fd, data, (size_t) st.st_size);
	close(fd);
	if (n != st.st_size)
		DamagedRing(path);
	*len = (size_t) n;
	return data;
}

/* What the seal of the file is bound to: its header and the vault's id. */
static size_t
RingContext(const RingHeader *header, const uint8 *vault, uint8 *out, size_t room)
{
	PkintBytes	parts[] = {
		{header, sizeof(*header)},
		{vault, PKINT_VAULT_ID_BYTES}
	};

	return pkint_frame(out, room, parts, lengthof(parts));
}

/* Check a header against the length of its file; the number of its root key. */
static int
CheckHeader(const RingHeader *header, size_t len, const char *path)
{
	int			which;

	if (len < sizeof(*header) || memcmp(header->magic, MAGIC, 4) != 0 ||
		pg_ntoh32(header->nodes) > 1024 * 1024 ||
		len != sizeof(*header) + pg_ntoh32(header->nodes) * sizeof(RingNode) + PKINT_TAG_BYTES)
		DamagedRing(path);
	which = pkint_key_find(header->check);
	if (which < 0)
	{
		char		hex[2 * PKINT_KEY_CHECK_BYTES + 1];

		hex_encode((const char *) header->check, PKINT_KEY_CHECK_BYTES, hex);
		hex[2 * PKINT_KEY_CHECK_BYTES] = '\0';
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the keyring was sealed with another root key"),
				 errdetail("The key expected has the check value %s.", hex),
				 errhint("Start the server with that key, or with both keys in the key file, the new one first.")));
	}
	return which;
}

/* Open the keyring of a vault, to compute leaves from it. */
PkintKeyring *
pkint_keyring_open(const uint8 vault[PKINT_VAULT_ID_BYTES])
{
	char	   *path = RingPath(vault, "ring");
	size_t		len;
	uint8	   *data;
	RingHeader	header;
	PkintKeyring *ring;
	uint8		key[PKINT_KEY_BYTES];
	uint8		context[128];
	size_t		contextlen;
	size_t		body;
	bool		ok;

	pkint_require_keys();
	data = ReadRingFile(path, &len);
	memset(&header, 0, sizeof(header));
	memcpy(&header, data, Min(len, sizeof(header)));
	RingKey(CheckHeader(&header, len, path), vault, key);
	body = pg_ntoh32(header.nodes) * sizeof(RingNode);
	ring = NewRing(vault, (int) pg_ntoh32(header.nodes) + PKINT_KEYRING_DEPTH);
	contextlen = RingContext(&header, vault, context, sizeof(context));
	ok = pkint_unseal(key, header.nonce, context, contextlen,
					  data + sizeof(header), body,
					  data + sizeof(header) + body, (uint8 *) ring->node);
	explicit_bzero(key, sizeof(key));
	pfree(data);
	if (!ok)
		DamagedRing(path);
	ring->generation = pg_ntoh32(header.generation);
	ring->next_leaf = pg_ntoh32(header.next_leaf);
	ring->count = (int) pg_ntoh32(header.nodes);
	return ring;
}

/* Write all of it, or set errno. */
static bool
WriteAll(int fd, const uint8 *data, size_t len)
{
	while (len > 0)
	{
		ssize_t		n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t) n;
	}
	return true;
}

/* Write, sync and close a file; false with errno set. */
static bool
WriteSynced(const char *path, const uint8 *data, size_t len)
{
	int			fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
	bool		ok;

	if (fd < 0)
		return false;
	ok = WriteAll(fd, data, len) && fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

/* Sync a directory, so that a rename in it survives a crash. */
static bool
SyncDirectory(const char *path)
{
	int			fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool		ok;

	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

/*
 * Overwrite a file that has just been replaced, through a descriptor opened
 * before.  The disk may still keep old blocks; this is for those that do not.
 */
static void
OverwriteOld(int fd)
{
	struct stat st;
	uint8		zeros[4096] = {0};
	off_t		done = 0;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0)
		while (done < st.st_size)
		{
			ssize_t		n = pwrite(fd, zeros, Min(sizeof(zeros), (size_t) (st.st_size - done)), done);

			if (n <= 0)
				break;
			done += n;
		}
	(void) fsync(fd);
	close(fd);
}

/* Seal a keyring into the bytes of its file. */
static uint8 *
PackRing(PkintKeyring *ring, size_t *len)
{
	size_t		body = (size_t) ring->count * sizeof(RingNode);
	uint8	   *data = palloc(sizeof(RingHeader) + body + PKINT_TAG_BYTES);
	RingHeader	header;
	uint8		key[PKINT_KEY_BYTES];
	uint8		context[128];
	size_t		contextlen;
	bool		ok;

	memcpy(header.magic, MAGIC, 4);
	pkint_key_check(0, header.check);
	header.generation = pg_hton32(ring->generation);
	header.next_leaf = pg_hton32(ring->next_leaf);
	header.nodes = pg_hton32((uint32) ring->count);
	ok = pkint_random(header.nonce, sizeof(header.nonce));
	memcpy(data, &header, sizeof(header));
	contextlen = RingContext(&header, ring->vault, context, sizeof(context));
	RingKey(0, ring->vault, key);
	ok = ok && pkint_seal(key, header.nonce, context, contextlen,
						  (uint8 *) ring->node, body,
						  data + sizeof(header), data + sizeof(header) + body);
	explicit_bzero(key, sizeof(key));
	if (!ok)
		elog(ERROR, "could not seal the keyring");
	*len = sizeof(header) + body + PKINT_TAG_BYTES;
	return data;
}

/* Replace the file of a keyring.  The caller holds its lock. */
static bool
SaveRing(PkintKeyring *ring, bool wipe_old, int elevel)
{
	char	   *path = RingPath(ring->vault, "ring");
	char	   *fresh = RingPath(ring->vault, "new");
	size_t		len;
	uint8	   *data;
	int			old = wipe_old ? open(path, O_WRONLY | O_CLOEXEC) : -1;

	ring->generation++;
	data = PackRing(ring, &len);
	if (!WriteSynced(fresh, data, len) || rename(fresh, path) != 0 ||
		!SyncDirectory(pkint_keyring_directory()))
	{
		int			save_errno = errno;

		if (old >= 0)
			close(old);
		errno = save_errno;
		ereport(elevel,
				(errcode_for_file_access(),
				 errmsg("could not write keyring file \"%s\": %m", path)));
		return false;
	}
	OverwriteOld(old);
	pfree(data);
	return true;
}

/*
 * Take the lock of a keyring.  While an error can still be raised the wait can
 * be cancelled; after a commit it cannot.
 */
static int
LockRing(const uint8 *vault, int elevel)
{
	char	   *path = RingPath(vault, "lock");
	int			fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
	{
		ereport(elevel,
				(errcode_for_file_access(),
				 errmsg("could not open keyring lock \"%s\": %m", path),
				 errhint("The keyring directory must exist and belong to the server's user.")));
		return -1;
	}
	while (flock(fd, elevel >= ERROR ? LOCK_EX | LOCK_NB : LOCK_EX) != 0)
	{
		if (elevel >= ERROR && InterruptPending)
		{
			close(fd);
			CHECK_FOR_INTERRUPTS();
			fd = open(path, O_RDWR | O_CLOEXEC);
		}
		pg_usleep(1000);
	}
	return fd;
}

/* Is there a keyring for this vault? */
bool
pkint_keyring_exists(const uint8 vault[PKINT_VAULT_ID_BYTES])
{
	char	   *path = RingPath(vault, "ring");
	bool		there = access(path, F_OK) == 0;

	pfree(path);
	return there;
}

/* Make the keyring of a new vault. */
void
pkint_keyring_create(const uint8 vault[PKINT_VAULT_ID_BYTES])
{
	PkintKeyring *ring;
	int			lock;

	pkint_require_keys();
	lock = LockRing(vault, ERROR);
	PG_TRY();
	{
		ring = NewRing(vault, 1);
		ring->count = 1;
		/* leaf 0 is that of the first index of names */
		ring->next_leaf = 1;
		ring->node[0].number = pg_hton32(1);
		if (!pkint_random(ring->node[0].key, PKINT_KEY_BYTES))
			elog(ERROR, "no random bytes");
		SaveRing(ring, false, ERROR);
		pkint_keyring_close(ring);
	}
	PG_FINALLY();
	{
		close(lock);
	}
	PG_END_TRY();
}

/* The place of a node in the sorted list, or -1. */
static int
FindNode(const PkintKeyring *ring, uint32 number)
{
	int			low = 0;
	int			high = ring->count - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;
		uint32		there = pg_ntoh32(ring->node[middle].number);

		if (there == number)
			return middle;
		if (there < number)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

/* The depth of a node: 0 for the root. */
static int
NodeDepth(uint32 number)
{
	int			depth = 0;

	while (number > 1)
	{
		number >>= 1;
		depth++;
	}
	return depth;
}

/* The key of one child from that of its parent. */
static void
ChildKey(const uint8 parent[PKINT_KEY_BYTES], uint8 side, uint8 out[PKINT_KEY_BYTES])
{
	PkintHmacKey hmac;

	pkint_hmac_key(&hmac, parent, PKINT_KEY_BYTES);
	pkint_hmac(&hmac, &side, 1, out);
	explicit_bzero(&hmac, sizeof(hmac));
}

/*
 * The node of the list at or above a leaf, or -1 if the leaf is forgotten.
 */
static int
CoverOf(const PkintKeyring *ring, int leaf)
{
	for (uint32 number = FIRST_LEAF_NODE + (uint32) leaf; number >= 1; number >>= 1)
	{
		int			found = FindNode(ring, number);

		if (found >= 0)
			return found;
	}
	return -1;
}

/*
 * The key of a leaf; false if it is forgotten.  The keys on the way down are
 * remembered, so that asking for leaves in order is cheap.
 */
bool
pkint_keyring_leaf(const PkintKeyring *ring, int leaf, uint8 out[PKINT_KEY_BYTES])
{
	uint32		target = FIRST_LEAF_NODE + (uint32) leaf;
	int			cover;
	int			depth;

	if (leaf < 0 || leaf >= PKINT_KEYRING_LEAVES)
		return false;
	cover = CoverOf(ring, leaf);
	if (cover < 0)
		return false;
	depth = NodeDepth(pg_ntoh32(ring->node[cover].number));
	ring->path[depth].number = target >> (PKINT_KEYRING_DEPTH - depth);
	memcpy(ring->path[depth].key, ring->node[cover].key, PKINT_KEY_BYTES);
	for (depth++; depth <= PKINT_KEYRING_DEPTH; depth++)
	{
		RingNode   *here = &ring->path[depth];
		uint32		number = target >> (PKINT_KEYRING_DEPTH - depth);

		if (here->number == number)
			continue;
		ChildKey(ring->path[depth - 1].key, number & 1, here->key);
		here->number = number;
	}
	memcpy(out, ring->path[PKINT_KEYRING_DEPTH].key, PKINT_KEY_BYTES);
	return true;
}

/*
 * Take so many leaves that were never used before; returns the first.  floor is
 * the first that the database has not used: a keyring that was put back from
 * an older copy, or is a standby's, does not know of those taken since.
 */
int
pkint_keyring_take_leaves(const uint8 vault[PKINT_VAULT_ID_BYTES], int floor, int count)
{
	int			lock = LockRing(vault, ERROR);
	int			first = -1;

	PG_TRY();
	{
		PkintKeyring *ring = pkint_keyring_open(vault);

		ring->next_leaf = Max(ring->next_leaf, (uint32) Max(floor, 0));
		if (ring->next_leaf + (uint32) count > PKINT_KEYRING_LEAVES)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the keyring has no leaf left for another source"),
					 errdetail("It holds %d leaves, one for each source and epoch.", PKINT_KEYRING_LEAVES)));
		first = (int) ring->next_leaf;
		ring->next_leaf += (uint32) count;
		SaveRing(ring, false, ERROR);
		pkint_keyring_close(ring);
	}
	PG_FINALLY();
	{
		close(lock);
	}
	PG_END_TRY();
	return first;
}

/* Order of nodes in the file. */
static int
CompareNodes(const void *a, const void *b)
{
	uint32		x = pg_ntoh32(((const RingNode *) a)->number);
	uint32		y = pg_ntoh32(((const RingNode *) b)->number);

	return x < y ? -1 : x > y;
}

/* Replace the node above a leaf by what branches off on the way to the leaf. */
static void
PunctureLeaf(PkintKeyring *ring, int leaf)
{
	uint32		target = FIRST_LEAF_NODE + (uint32) leaf;
	int			cover = CoverOf(ring, leaf);
	uint8		way[PKINT_KEY_BYTES];
	int			depth;

	if (cover < 0)
		return;
	depth = NodeDepth(pg_ntoh32(ring->node[cover].number));
	memcpy(way, ring->node[cover].key, PKINT_KEY_BYTES);
	ring->count--;
	ring->node[cover] = ring->node[ring->count];
	for (depth++; depth <= PKINT_KEYRING_DEPTH; depth++)
	{
		uint32		number = target >> (PKINT_KEYRING_DEPTH - depth);
		RingNode   *aside = &ring->node[ring->count++];

		aside->number = pg_hton32(number ^ 1);
		ChildKey(way, (number & 1) ^ 1, aside->key);
		ChildKey(way, number & 1, way);
	}
	explicit_bzero(way, sizeof(way));
	explicit_bzero(ring->path, sizeof(RingNode) * (PKINT_KEYRING_DEPTH + 1));
	qsort(ring->node, (size_t) ring->count, sizeof(RingNode), CompareNodes);
}

/* A keyring with room for more nodes. */
static PkintKeyring *
EnlargeRing(PkintKeyring *ring, int more)
{
	PkintKeyring *larger = NewRing(ring->vault, ring->count + more);

	memcpy(larger->node, ring->node, sizeof(RingNode) * (size_t) ring->count);
	larger->count = ring->count;
	larger->generation = ring->generation;
	larger->next_leaf = ring->next_leaf;
	pkint_keyring_close(ring);
	return larger;
}

/*
 * Forget leaves for good.  With elevel below ERROR, as after a commit, failure
 * is told at that level and by the answer.  Leaves that are forgotten already
 * are no failure, so that this can be done again.
 */
bool
pkint_keyring_puncture(const uint8 vault[PKINT_VAULT_ID_BYTES],
					   const int *leaves, int count, int elevel)
{
	int			lock = LockRing(vault, elevel);
	bool		ok = false;

	if (lock < 0)
		return false;
	PG_TRY();
	{
		PkintKeyring *ring = pkint_keyring_open(vault);
		bool		changed = false;

		ring = EnlargeRing(ring, count * PKINT_KEYRING_DEPTH);
		for (int i = 0; i < count; i++)
		{
			changed |= CoverOf(ring, leaves[i]) >= 0;
			PunctureLeaf(ring, leaves[i]);
		}
		ok = !changed || SaveRing(ring, true, elevel);
		pkint_keyring_close(ring);
	}
	PG_FINALLY();
	{
		close(lock);
	}
	PG_END_TRY();
	return ok;
}

/* Seal the keyring anew, under the root key in force. */
void
pkint_keyring_reseal(const uint8 vault[PKINT_VAULT_ID_BYTES])
{
	int			lock = LockRing(vault, ERROR);

	PG_TRY();
	{
		PkintKeyring *ring = pkint_keyring_open(vault);

		SaveRing(ring, true, ERROR);
		pkint_keyring_close(ring);
	}
	PG_FINALLY();
	{
		close(lock);
	}
	PG_END_TRY();
}
