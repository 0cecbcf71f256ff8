/*
 * seal.h
 *	  What authenticates entries and heads of the record.
 *
 * Private to the audit room: no function that SQL reaches seals what its
 * caller gives.
 */
#ifndef PKINT_SEAL_H
#define PKINT_SEAL_H

#include "postgres.h"

#include "src/audit/entry.h"

/* What a seal is for: seals of one use are none for the other. */
typedef enum PkintSealUse
{
	PKINT_SEAL_ENTRY,
	PKINT_SEAL_HEAD
} PkintSealUse;

typedef enum PkintSealed
{
	PKINT_SEAL_GOOD,
	PKINT_SEAL_BAD,				/* not as it was written */
	PKINT_SEAL_NO_KEY,			/* under a key that this server does not have */
	PKINT_SEAL_PLAIN			/* whole, but under no key, where there is one */
} PkintSealed;

extern void pkint_seal_startup(void);
extern bool pkint_seal_keyed(void);
extern void pkint_seal_key_id(uint8 id[PKINT_KEY_ID_BYTES]);
extern void pkint_seal_make(PkintSealUse use, const uint8 id[PKINT_KEY_ID_BYTES],
							const uint8 *bytes, size_t len,
							uint8 seal[PKINT_ENTRY_SEAL]);
extern PkintSealed pkint_seal_look(PkintSealUse use, const uint8 id[PKINT_KEY_ID_BYTES],
								   const uint8 *bytes, size_t len,
								   const uint8 seal[PKINT_ENTRY_SEAL]);

/* A whole entry, in place; its head names the key. */
extern void pkint_seal_entry(uint8 *entry, size_t len);
extern PkintSealed pkint_seal_look_entry(const uint8 *entry, size_t len);

#endif							/* PKINT_SEAL_H */
