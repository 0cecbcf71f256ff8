/*
 * promise.h
 *	  What every fuzz target needs: to stop where a promise is broken.
 */
#ifndef PKINT_FUZZ_PROMISE_H
#define PKINT_FUZZ_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a promise is broken, and say over which text. */
static inline void
Promise(bool kept, const char *what, const char *about)
{
	if (kept)
		return;
	fprintf(stderr, "broken promise: %s: \"%s\"\n", what, about ? about : "");
	abort();
}

/* The input as text that ends with a NUL, in memory of just its size. */
static inline char *
AsText(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif							/* PKINT_FUZZ_PROMISE_H */
