/*
 * crypto.c
 *	  The cryptography that pkint uses, all of it from OpenSSL's libcrypto.
 *
 * HMAC is put together here from libcrypto's compression function, since a
 * query that makes a million pseudonyms must not set up its key a million
 * times: with both pads absorbed beforehand a short message costs two calls.
 * HKDF follows RFC 5869 on top of it; AES-256-GCM and Ed25519 are taken whole.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "src/keys/crypto.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#define BLOCK 64

/* messages up to this length fit one block with their padding */
#define ONE_BLOCK_MAX (BLOCK - 9)

/* Write a 32-bit number with its highest byte first. */
static void
PutBig32(uint8_t *out, uint32_t n)
{
	out[0] = n >> 24;
	out[1] = n >> 16;
	out[2] = n >> 8;
	out[3] = n;
}

/* A hash that has taken in exactly one block, whose state is given. */
static void
ResumeHash(SHA256_CTX *ctx, const uint32_t state[8])
{
	memset(ctx, 0, sizeof(*ctx));
	for (int i = 0; i < 8; i++)
		ctx->h[i] = state[i];
	ctx->Nl = BLOCK * 8;
	ctx->md_len = SHA256_DIGEST_LENGTH;
}

/* The state after one block of key XOR pad. */
static void
AbsorbPad(uint32_t state[8], const uint8_t key[BLOCK], uint8_t pad)
{
	SHA256_CTX	ctx;
	uint8_t		block[BLOCK];

	for (int i = 0; i < BLOCK; i++)
		block[i] = key[i] ^ pad;
	SHA256_Init(&ctx);
	SHA256_Transform(&ctx, block);
	for (int i = 0; i < 8; i++)
		state[i] = ctx.h[i];
	OPENSSL_cleanse(block, sizeof(block));
	OPENSSL_cleanse(&ctx, sizeof(ctx));
}

/* SHA-256 of a message. */
void
pkint_sha256(const uint8_t *msg, size_t len, uint8_t out[PKINT_HASH_BYTES])
{
	SHA256(msg, len, out);
}

/* Make a key ready for pkint_hmac(). */
void
pkint_hmac_key(PkintHmacKey *hmac, const uint8_t *key, size_t len)
{
	uint8_t		block[BLOCK] = {0};

	if (len > BLOCK)
		SHA256(key, len, block);
	else if (len > 0)
		memcpy(block, key, len);
	AbsorbPad(hmac->inner, block, 0x36);
	AbsorbPad(hmac->outer, block, 0x5c);
	OPENSSL_cleanse(block, sizeof(block));
}

/* Finish a hash whose last block holds len bytes of a message, len <= 55. */
static void
LastBlock(SHA256_CTX *ctx, const uint8_t *msg, size_t len)
{
	uint8_t		block[BLOCK] = {0};

	if (len > 0)
		memcpy(block, msg, len);
	block[len] = 0x80;
	PutBig32(block + BLOCK - 4, (uint32_t) ((BLOCK + len) * 8));
	SHA256_Transform(ctx, block);
}

/* HMAC-SHA-256 of a message. */
void
pkint_hmac(const PkintHmacKey *hmac, const uint8_t *msg, size_t len,
		   uint8_t out[PKINT_HASH_BYTES])
{
	SHA256_CTX	ctx;
	uint8_t		digest[PKINT_HASH_BYTES];

	ResumeHash(&ctx, hmac->inner);
	if (len <= ONE_BLOCK_MAX)
	{
		LastBlock(&ctx, msg, len);
		for (int i = 0; i < 8; i++)
			PutBig32(digest + 4 * i, ctx.h[i]);
	}
	else
	{
		SHA256_Update(&ctx, msg, len);
		SHA256_Final(digest, &ctx);
	}
	ResumeHash(&ctx, hmac->outer);
	LastBlock(&ctx, digest, sizeof(digest));
	for (int i = 0; i < 8; i++)
		PutBig32(out + 4 * i, ctx.h[i]);
}

/*
 * One step of HKDF's expansion: the hash of the block before (none for the
 * first), the info and the number of the block.
 */
static void
ExpandBlock(const PkintHmacKey *prk, const uint8_t *info, size_t infolen,
			uint8_t number, const uint8_t *before, uint8_t *out)
{
	SHA256_CTX	ctx;
	uint8_t		digest[PKINT_HASH_BYTES];

	ResumeHash(&ctx, prk->inner);
	if (before)
		SHA256_Update(&ctx, before, PKINT_HASH_BYTES);
	SHA256_Update(&ctx, info, infolen);
	SHA256_Update(&ctx, &number, 1);
	SHA256_Final(digest, &ctx);
	ResumeHash(&ctx, prk->outer);
	LastBlock(&ctx, digest, sizeof(digest));
	for (int i = 0; i < 8; i++)
		PutBig32(out + 4 * i, ctx.h[i]);
	OPENSSL_cleanse(digest, sizeof(digest));
	OPENSSL_cleanse(&ctx, sizeof(ctx));
}

/*
 * HKDF with SHA-256 (RFC 5869): extract and expand.  False where more than
 * 255 blocks are asked for.
 */
bool
pkint_hkdf(const uint8_t *key, size_t keylen,
		   const uint8_t *salt, size_t saltlen,
		   const uint8_t *info, size_t infolen,
		   uint8_t *out, size_t outlen)
{
	PkintHmacKey hmac;
	uint8_t		block[PKINT_HASH_BYTES];
	uint8_t		number = 0;

	if (outlen > PKINT_HKDF_MAX)
		return false;
	pkint_hmac_key(&hmac, salt, saltlen);
	pkint_hmac(&hmac, key, keylen, block);
	pkint_hmac_key(&hmac, block, sizeof(block));
	while (outlen > 0)
	{
		size_t		n = outlen < sizeof(block) ? outlen : sizeof(block);
		uint8_t		before[PKINT_HASH_BYTES];

		memcpy(before, block, sizeof(before));
		number++;
		ExpandBlock(&hmac, info, infolen, number, number > 1 ? before : NULL, block);
		memcpy(out, block, n);
		out += n;
		outlen -= n;
		OPENSSL_cleanse(before, sizeof(before));
	}
	OPENSSL_cleanse(block, sizeof(block));
	OPENSSL_cleanse(&hmac, sizeof(hmac));
	return true;
}

/* The cipher, looked up once a process: the look-up is dear. */
static const EVP_CIPHER *
Aes256Gcm(void)
{
	static const EVP_CIPHER *cipher = NULL;

	if (cipher == NULL)
		cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	return cipher;
}

/* A context for one message, or NULL; it is wiped when it is freed. */
static EVP_CIPHER_CTX *
StartCipher(bool seal, const uint8_t *key, const uint8_t *nonce,
			const uint8_t *aad, size_t aadlen)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int			n;

	if (ctx == NULL)
		return NULL;
	if (Aes256Gcm() != NULL &&
		EVP_CipherInit_ex(ctx, Aes256Gcm(), NULL, key, nonce, seal) == 1 &&
		(aadlen == 0 || EVP_CipherUpdate(ctx, NULL, &n, aad, (int) aadlen) == 1))
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

/*
 * Seal with AES-256-GCM.  The sealed text is as long as the plain one; the tag
 * is kept beside it.  A nonce must never come twice under one key.
 */
bool
pkint_seal(const uint8_t key[PKINT_KEY_BYTES],
		   const uint8_t nonce[PKINT_NONCE_BYTES],
		   const uint8_t *aad, size_t aadlen,
		   const uint8_t *plain, size_t len,
		   uint8_t *sealed, uint8_t tag[PKINT_TAG_BYTES])
{
	EVP_CIPHER_CTX *ctx = StartCipher(true, key, nonce, aad, aadlen);
	int			n = 0;
	bool		ok;

	if (ctx == NULL)
		return false;
	ok = (len == 0 || EVP_CipherUpdate(ctx, sealed, &n, plain, (int) len) == 1) &&
		EVP_CipherFinal_ex(ctx, sealed + n, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, PKINT_TAG_BYTES, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/*
 * Open what pkint_seal() sealed.  False, and nothing in plain, where key,
 * nonce, context, text or tag is not what it was.
 */
bool
pkint_unseal(const uint8_t key[PKINT_KEY_BYTES],
			 const uint8_t nonce[PKINT_NONCE_BYTES],
			 const uint8_t *aad, size_t aadlen,
			 const uint8_t *sealed, size_t len,
			 const uint8_t tag[PKINT_TAG_BYTES], uint8_t *plain)
{
	EVP_CIPHER_CTX *ctx = StartCipher(false, key, nonce, aad, aadlen);
	uint8_t		expected[PKINT_TAG_BYTES];
	int			n = 0;
	bool		ok;

	if (ctx == NULL)
		return false;
	memcpy(expected, tag, sizeof(expected));
	ok = (len == 0 || EVP_CipherUpdate(ctx, plain, &n, sealed, (int) len) == 1) &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, PKINT_TAG_BYTES, expected) == 1 &&
		EVP_CipherFinal_ex(ctx, plain + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok && len > 0)
		OPENSSL_cleanse(plain, len);
	return ok;
}

/* Is this an Ed25519 signature over the message by the holder of the key? */
bool
pkint_verify_signature(const uint8_t publickey[PKINT_KEY_BYTES],
					   const uint8_t signature[PKINT_SIGNATURE_BYTES],
					   const uint8_t *msg, size_t len)
{
	EVP_PKEY   *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
												  publickey, PKINT_KEY_BYTES);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool		ok;

	ok = key != NULL && ctx != NULL &&
		EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestVerify(ctx, signature, PKINT_SIGNATURE_BYTES, msg, len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

/* Random bytes from the generator that libcrypto keeps for private values. */
bool
pkint_random(void *out, size_t len)
{
	return RAND_priv_bytes(out, (int) len) == 1;
}

/*
 * Put parts one after the other, each with its length before it in four bytes,
 * so that no two lists of parts give the same bytes.  Returns the length, or 0
 * where there is no room.
 */
size_t
pkint_frame(uint8_t *out, size_t room, const PkintBytes *parts, int nparts)
{
	size_t		used = 0;

	for (int i = 0; i < nparts; i++)
	{
		size_t		len = parts[i].len;

		if (len > UINT32_MAX || room - used < 4 || room - used - 4 < len)
			return 0;
		PutBig32(out + used, (uint32_t) len);
		if (len > 0)
			memcpy(out + used + 4, parts[i].data, len);
		used += 4 + len;
	}
	return used;
}
