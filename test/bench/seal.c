/*
 * seal.c
 *	  Seal and open so many vault rows of 128 bytes, each under a key of its
 *	  own derived as the vault does, and print the milliseconds that took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/keys/crypto.h"

int
main(int argc, char **argv)
{
	long		rows = argc > 1 ? atol(argv[1]) : 100000;
	uint8_t		root[PKINT_KEY_BYTES] = {1};
	uint8_t		plain[128] = {2};
	uint8_t		sealed[128];
	uint8_t		tag[PKINT_TAG_BYTES];
	struct timespec from;
	struct timespec to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < rows; i++)
	{
		uint8_t		vault[PKINT_KEY_BYTES];
		uint8_t		leaf[PKINT_KEY_BYTES] = {0};
		uint8_t		key[PKINT_KEY_BYTES];
		uint8_t		nonce[PKINT_NONCE_BYTES];
		PkintHmacKey hmac;

		memcpy(leaf, &i, sizeof(i));
		if (!pkint_hkdf(root, sizeof(root), NULL, 0, leaf, 24, vault, sizeof(vault)) ||
			!pkint_random(nonce, sizeof(nonce)))
			return 1;
		pkint_hmac_key(&hmac, vault, sizeof(vault));
		pkint_hmac(&hmac, leaf, sizeof(leaf), key);
		if (!pkint_seal(key, nonce, leaf, 32, plain, sizeof(plain), sealed, tag) ||
			!pkint_unseal(key, nonce, leaf, 32, sealed, sizeof(sealed), tag, plain))
			return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%.3f\n", (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6);
	return 0;
}
