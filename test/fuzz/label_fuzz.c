/*
 * label_fuzz.c
 *	  Fuzz target: labels and clearances as text and as bytes.
 *
 * sources: src/label/parse.c src/label/body.c src/label/lattice.c src/label/explain.c
 *
 * The first byte of the input says what the rest is: text of a label (L) or a
 * clearance (K), body of a label (l) or a clearance (k), or two bodies that no
 * one has checked, the second beginning at the first byte 0xFF (d).  Whatever
 * comes in, nothing may be read outside of it; and what is accepted must have
 * one form: written and read again, it is the same bytes.
 */
#include "src/label/grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a promise is broken. */
static void
Promise(bool kept, const char *what)
{
	if (kept)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

/* A message and a hint that fit, are not empty, and end. */
static void
Explain(const PkintGrammarError *error, const char *text, size_t len)
{
	char		message[256];
	char		hint[320];

	memset(message, 'x', sizeof(message));
	memset(hint, 'x', sizeof(hint));
	Promise(error->code > PKINT_GRAMMAR_OK && error->code < PKINT_GRAMMAR_CODES,
			"an error has a code");
	Promise(text == NULL || error->at + error->len <= len, "an error lies within the text");
	pkint_grammar_explain(error, text, len, message, sizeof(message), hint, sizeof(hint));
	Promise(memchr(message, 0, sizeof(message)) != NULL && message[0] != 0, "a message");
	Promise(memchr(hint, 0, sizeof(hint)) != NULL && hint[0] != 0, "a hint");
	Promise(strlen(message) < sizeof(message) - 1 && strlen(hint) < sizeof(hint) - 1,
			"message and hint are not cut off");
	Promise(strncmp(message, "malformed", 9) != 0, "every error has its own message");
}

/* A body that was accepted: taken apart, put together, written, read. */
static void
RoundTrip(PkintMarkingKind kind, const uint8_t *body, size_t len)
{
	PkintMarking marking;
	PkintGrammarError error;
	uint8_t    *packed = malloc(len);
	size_t		text_len;
	char	   *text;

	Promise(pkint_marking_open(body, len, &marking), "an accepted body opens");
	Promise(pkint_marking_size(kind, &marking) == len, "its size is known beforehand");
	pkint_marking_pack(kind, &marking, packed);
	Promise(memcmp(packed, body, len) == 0, "packed again it is the same");
	Promise(pkint_body_compare(body, len, packed, len, kind) == 0, "it equals itself");
	text_len = pkint_marking_format(kind, &marking, NULL, 0);
	text = malloc(text_len);
	Promise(pkint_marking_format(kind, &marking, text, text_len) == text_len,
			"its text is as long as was said");
	if (marking.caveats.count <= PKINT_CODES_TYPED &&
		marking.units.count <= PKINT_CODES_TYPED &&
		marking.originators.count <= PKINT_CODES_TYPED)
	{
		uint8_t		again[PKINT_BODY_TYPED_MAX];
		size_t		again_len;

		/* a caveat that looks national can be sent, and not typed */
		if (pkint_marking_parse(kind, text, text_len, again, &again_len, &error))
			Promise(again_len == len && memcmp(again, body, len) == 0,
					"read again it is the same");
		else
			Promise(error.code == PKINT_GRAMMAR_NATIONAL_CAVEAT, "its text is accepted");
	}
	free(text);
	free(packed);
}

/* Text of a label or a clearance. */
static void
TryText(PkintMarkingKind kind, const uint8_t *data, size_t size)
{
	uint8_t		body[PKINT_BODY_TYPED_MAX];
	size_t		len;
	PkintGrammarError error;
	char	   *text = malloc(size + 1);

	memcpy(text, data, size);
	if (pkint_marking_parse(kind, text, size, body, &len, &error))
	{
		Promise(len <= sizeof(body), "a typed body fits");
		Promise(pkint_marking_check(kind, body, len, &error), "what is read can be sent");
		RoundTrip(kind, body, len);
	}
	else
		Explain(&error, text, size);
	free(text);
}

/* Bytes of a label or a clearance. */
static void
TryBody(PkintMarkingKind kind, const uint8_t *data, size_t size)
{
	PkintGrammarError error;
	uint8_t    *body = malloc(size + 1);

	memcpy(body, data, size);
	if (pkint_marking_check(kind, body, size, &error))
		RoundTrip(kind, body, size);
	else
		Explain(&error, NULL, 0);
	free(body);
}

/* Two bodies as a broken disk might give them: no answer is wrong, but one comes. */
static void
TryDamaged(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size > 0 ? memchr(data, 0xFF, size) : NULL;
	size_t		alen = cut != NULL ? (size_t) (cut - data) : size;
	size_t		blen = cut != NULL ? size - alen - 1 : 0;
	uint8_t    *a = malloc(alen + 1);
	uint8_t    *b = malloc(blen + 1);
	PkintMarking ma;
	PkintMarking mb;

	memcpy(a, data, alen);
	if (blen > 0)
		memcpy(b, cut + 1, blen);
	Promise(pkint_body_compare(a, alen, b, blen, PKINT_LABEL) ==
			-pkint_body_compare(b, blen, a, alen, PKINT_LABEL), "order is antisymmetric");
	if (pkint_marking_open(a, alen, &ma) && pkint_marking_open(b, blen, &mb))
	{
		char	   *buf = malloc(alen + blen + 32);
		PkintMarking result;

		(void) pkint_marking_readable(&ma, &mb);
		(void) pkint_marking_dominates(&ma, &mb);
		pkint_marking_join(&ma, &mb, &result, buf);
		pkint_marking_meet(&ma, &mb, &result, buf);
		free(buf);
	}
	free(a);
	free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0])
	{
		case 'L':
			TryText(PKINT_LABEL, data + 1, size - 1);
			break;
		case 'K':
			TryText(PKINT_CLEARANCE, data + 1, size - 1);
			break;
		case 'l':
			TryBody(PKINT_LABEL, data + 1, size - 1);
			break;
		case 'k':
			TryBody(PKINT_CLEARANCE, data + 1, size - 1);
			break;
		default:
			TryDamaged(data + 1, size - 1);
			break;
	}
	return 0;
}
