/*
 * keyring.h
 *	  The keyring: a tree of keys, outside the database, that forgets.
 */
#ifndef PKINT_KEYRING_H
#define PKINT_KEYRING_H

#include "postgres.h"
#include "access/xlogdefs.h"

#include "src/keys/crypto.h"

#define PKINT_VAULT_ID_BYTES 16

/* Leaves of the tree: one for each source and epoch. */
#define PKINT_KEYRING_DEPTH 20
#define PKINT_KEYRING_LEAVES (1 << PKINT_KEYRING_DEPTH)

typedef struct PkintKeyring PkintKeyring;

extern bool pkint_keyring_exists(const uint8 vault[PKINT_VAULT_ID_BYTES]);
extern void pkint_keyring_create(const uint8 vault[PKINT_VAULT_ID_BYTES]);
extern PkintKeyring *pkint_keyring_open(const uint8 vault[PKINT_VAULT_ID_BYTES]);
extern void pkint_keyring_close(PkintKeyring *ring);
extern bool pkint_keyring_leaf(const PkintKeyring *ring, int leaf,
							   uint8 out[PKINT_KEY_BYTES]);
extern int	pkint_keyring_take_leaves(const uint8 vault[PKINT_VAULT_ID_BYTES], int floor, int count);
extern bool pkint_keyring_puncture(const uint8 vault[PKINT_VAULT_ID_BYTES],
								   const int *leaves, int count, int elevel);
extern void pkint_keyring_reseal(const uint8 vault[PKINT_VAULT_ID_BYTES]);

/* keyring_wal.c: what standbys forget while they replay */
extern void pkint_keyring_wal_init(void);
extern void pkint_keyring_log_reseal(const uint8 vault[PKINT_VAULT_ID_BYTES]);
extern XLogRecPtr pkint_keyring_log_puncture(const uint8 vault[PKINT_VAULT_ID_BYTES],
											 const int *leaves, int count);

#endif							/* PKINT_KEYRING_H */
