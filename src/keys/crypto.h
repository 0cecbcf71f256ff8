/*
 * crypto.h
 *	  The cryptography that pkint uses, all of it from OpenSSL's libcrypto.
 *
 * Nothing here knows of the server, so that the published test vectors can be
 * run through exactly this code by a program of a page.
 */
#ifndef PKINT_CRYPTO_H
#define PKINT_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKINT_KEY_BYTES		32
#define PKINT_HASH_BYTES	32
#define PKINT_NONCE_BYTES	12
#define PKINT_TAG_BYTES		16
#define PKINT_SIGNATURE_BYTES 64
#define PKINT_HKDF_MAX		(255 * PKINT_HASH_BYTES)

/*
 * A key for HMAC-SHA-256 with both pads already absorbed: as secret as the
 * key itself.
 */
typedef struct PkintHmacKey
{
	uint32_t	inner[8];
	uint32_t	outer[8];
} PkintHmacKey;

/* A run of bytes, for messages made of several parts. */
typedef struct PkintBytes
{
	const void *data;
	size_t		len;
} PkintBytes;

extern void pkint_hmac_key(PkintHmacKey *hmac, const uint8_t *key, size_t len);
extern void pkint_hmac(const PkintHmacKey *hmac, const uint8_t *msg, size_t len,
					   uint8_t out[PKINT_HASH_BYTES]);
extern bool pkint_hkdf(const uint8_t *key, size_t keylen,
					   const uint8_t *salt, size_t saltlen,
					   const uint8_t *info, size_t infolen,
					   uint8_t *out, size_t outlen);
extern bool pkint_seal(const uint8_t key[PKINT_KEY_BYTES],
					   const uint8_t nonce[PKINT_NONCE_BYTES],
					   const uint8_t *aad, size_t aadlen,
					   const uint8_t *plain, size_t len,
					   uint8_t *sealed, uint8_t tag[PKINT_TAG_BYTES]);
extern bool pkint_unseal(const uint8_t key[PKINT_KEY_BYTES],
						 const uint8_t nonce[PKINT_NONCE_BYTES],
						 const uint8_t *aad, size_t aadlen,
						 const uint8_t *sealed, size_t len,
						 const uint8_t tag[PKINT_TAG_BYTES], uint8_t *plain);
extern bool pkint_verify_signature(const uint8_t publickey[PKINT_KEY_BYTES],
								   const uint8_t signature[PKINT_SIGNATURE_BYTES],
								   const uint8_t *msg, size_t len);
extern bool pkint_random(void *out, size_t len);
extern void pkint_sha256(const uint8_t *msg, size_t len,
						 uint8_t out[PKINT_HASH_BYTES]);
extern size_t pkint_frame(uint8_t *out, size_t room,
						  const PkintBytes *parts, int nparts);

#endif							/* PKINT_CRYPTO_H */
