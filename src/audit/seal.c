/*
 * seal.c
 *	  What authenticates entries and heads of the record.
 *
 * The keys are derived once, when the server starts, from each root key that
 * it has, and lie in secret memory that every process inherits.  So a seal
 * costs a hash and no derivation, it can be made while a transaction aborts,
 * and what was sealed under an earlier root key is still known for what it is.
 * An entry names its key by an id of eight bytes: whether that key is derived,
 * as now, or random and wrapped, is nobody's business outside this file.
 *
 * Without a root key the seal is a plain hash under an id of zeros: it tells
 * damage, and no more.
 */
#include "src/core/compat.h"
#include "src/audit/seal.h"

#include "src/keys/keys.h"
#include "src/keys/secret.h"

#define MOST_KEYS 8
#define USES 2

typedef struct SealKeys
{
	int			count;			/* the first is the one in force */
	uint8		id[MOST_KEYS][PKINT_KEY_ID_BYTES];
	PkintHmacKey hmac[MOST_KEYS][USES];
} SealKeys;

static SealKeys *keys = NULL;
static const uint8 no_key[PKINT_KEY_ID_BYTES] = {0};

/* In the postmaster, once: the keys of the record from the root keys. */
void
pkint_seal_startup(void)
{
	static const char *const purpose[USES] = {"record", "record head"};

	if (keys != NULL || !pkint_keys_available())
		return;
	keys = pkint_secret_map(sizeof(SealKeys), NULL);
	if (keys == NULL)
		ereport(FATAL,
				(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				 errmsg("could not get locked memory for the keys of the record: %m"),
				 errhint("Raise the limit of locked memory (ulimit -l) of the server.")));
	keys->count = Min(pkint_key_count(), MOST_KEYS);
	for (int i = 0; i < keys->count; i++)
	{
		uint8		key[PKINT_KEY_BYTES];

		pkint_key_check(i, keys->id[i]);
		for (int use = 0; use < USES; use++)
		{
			pkint_derive_key_of(i, purpose[use], "", 0, key);
			pkint_hmac_key(&keys->hmac[i][use], key, sizeof(key));
		}
		explicit_bzero(key, sizeof(key));
	}
}

/* Is the record authenticated by a key? */
bool
pkint_seal_keyed(void)
{
	return keys != NULL;
}

/* The id of the key in force. */
void
pkint_seal_key_id(uint8 id[PKINT_KEY_ID_BYTES])
{
	memcpy(id, keys ? keys->id[0] : no_key, PKINT_KEY_ID_BYTES);
}

/* The number of the key with this id, or -1. */
static int
FindKey(const uint8 *id)
{
	for (int i = 0; keys && i < keys->count; i++)
		if (memcmp(keys->id[i], id, PKINT_KEY_ID_BYTES) == 0)
			return i;
	return -1;
}

/* Seal bytes under a key that there is, or under none. */
void
pkint_seal_make(PkintSealUse use, const uint8 id[PKINT_KEY_ID_BYTES],
				const uint8 *bytes, size_t len, uint8 seal[PKINT_ENTRY_SEAL])
{
	int			which = FindKey(id);

	if (which >= 0)
		pkint_hmac(&keys->hmac[which][use], bytes, len, seal);
	else
		pkint_sha256(bytes, len, seal);
}

/* Is this what pkint_seal_make() made of these bytes?  In constant time. */
PkintSealed
pkint_seal_look(PkintSealUse use, const uint8 id[PKINT_KEY_ID_BYTES],
				const uint8 *bytes, size_t len, const uint8 seal[PKINT_ENTRY_SEAL])
{
	bool		plain = memcmp(id, no_key, PKINT_KEY_ID_BYTES) == 0;
	uint8		expected[PKINT_ENTRY_SEAL];
	uint8		differs = 0;

	if (!plain && FindKey(id) < 0)
		return PKINT_SEAL_NO_KEY;
	pkint_seal_make(use, id, bytes, len, expected);
	for (int i = 0; i < PKINT_ENTRY_SEAL; i++)
		differs |= expected[i] ^ seal[i];
	if (differs != 0)
		return PKINT_SEAL_BAD;
	return plain && keys != NULL ? PKINT_SEAL_PLAIN : PKINT_SEAL_GOOD;
}

/* Put the seal behind an entry whose head says under which key. */
void
pkint_seal_entry(uint8 *entry, size_t len)
{
	PkintEntryHead head;

	if (pkint_entry_open(entry, len, &head))
		pkint_seal_make(PKINT_SEAL_ENTRY, head.key_id, entry, len - PKINT_ENTRY_SEAL,
						entry + len - PKINT_ENTRY_SEAL);
}

/* Is this an entry as it was written? */
PkintSealed
pkint_seal_look_entry(const uint8 *entry, size_t len)
{
	PkintEntryHead head;

	if (!pkint_entry_open(entry, len, &head))
		return PKINT_SEAL_BAD;
	return pkint_seal_look(PKINT_SEAL_ENTRY, head.key_id, entry,
						   len - PKINT_ENTRY_SEAL, entry + len - PKINT_ENTRY_SEAL);
}
