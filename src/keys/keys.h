/*
 * keys.h
 *	  The root key, and the keys derived from it for the rooms above.
 */
#ifndef PKINT_KEYS_H
#define PKINT_KEYS_H

#include "postgres.h"
#include "src/core/compat.h"

#include "src/keys/crypto.h"

#define PKINT_KEY_CHECK_BYTES 8

extern void pkint_keys_init(void);
extern void pkint_keys_load(void);
extern bool pkint_keys_available(void);
extern void pkint_require_keys(void);
extern void pkint_derive_key(const char *purpose, const char *unit, int epoch,
							 uint8 out[PKINT_KEY_BYTES]);

/* For what was sealed under an earlier root key: 0 is the one in force. */
extern int	pkint_key_count(void);
extern int	pkint_key_find(const uint8 check[PKINT_KEY_CHECK_BYTES]);
extern void pkint_key_check(int which, uint8 check[PKINT_KEY_CHECK_BYTES]);
extern void pkint_derive_key_of(int which, const char *purpose, const char *unit,
								int epoch, uint8 out[PKINT_KEY_BYTES]);

/* Where the keyring lies, or NULL; see keyring.h */
extern const char *pkint_keyring_directory(void);

#endif							/* PKINT_KEYS_H */
