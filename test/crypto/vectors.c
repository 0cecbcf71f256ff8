/*
 * vectors.c
 *	  Run test vectors through the code of src/keys/crypto.c.
 *
 * Reads lines of fields separated by spaces, hexadecimal, "-" for empty:
 *	  hmac KEY MSG					prints the tag
 *	  hkdf IKM SALT INFO LENGTH		prints the key, or "refused"
 *	  seal KEY NONCE AAD MSG		prints the sealed text and the tag
 *	  open KEY NONCE AAD SEALED TAG	prints the text, or "refused"
 *	  verify KEY SIGNATURE MSG		prints "good" or "refused"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/keys/crypto.h"

#define MAX_BYTES 70000
#define MAX_FIELDS 6

typedef struct Field
{
	uint8_t	   *data;
	size_t		len;
} Field;

/* Decode hexadecimal digits. */
static Field
Decode(const char *hex)
{
	Field		field = {calloc(1, MAX_BYTES), 0};

	if (strcmp(hex, "-") == 0)
		return field;
	for (; hex[0] && hex[1]; hex += 2)
	{
		unsigned int byte;

		if (sscanf(hex, "%2x", &byte) != 1)
			exit(2);
		field.data[field.len++] = (uint8_t) byte;
	}
	return field;
}

/* Print bytes as hexadecimal digits, "-" for none. */
static void
Print(const uint8_t *data, size_t len, char end)
{
	if (len == 0)
		putchar('-');
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
	putchar(end);
}

/* Answer one line. */
static void
Answer(const char *what, Field *f, const char *last)
{
	uint8_t		out[MAX_BYTES];
	uint8_t		tag[PKINT_HASH_BYTES];
	PkintHmacKey key;

	if (strcmp(what, "hmac") == 0)
	{
		pkint_hmac_key(&key, f[0].data, f[0].len);
		pkint_hmac(&key, f[1].data, f[1].len, tag);
		Print(tag, sizeof(tag), '\n');
	}
	else if (strcmp(what, "hkdf") == 0)
	{
		size_t		n = strtoul(last, NULL, 10);

		if (n <= sizeof(out) && pkint_hkdf(f[0].data, f[0].len, f[1].data, f[1].len, f[2].data, f[2].len, out, n))
			Print(out, n, '\n');
		else
			puts("refused");
	}
	else if (strcmp(what, "seal") == 0)
	{
		if (!pkint_seal(f[0].data, f[1].data, f[2].data, f[2].len, f[3].data, f[3].len, out, tag))
			exit(3);
		Print(out, f[3].len, ' ');
		Print(tag, PKINT_TAG_BYTES, '\n');
	}
	else if (strcmp(what, "open") == 0)
	{
		if (pkint_unseal(f[0].data, f[1].data, f[2].data, f[2].len, f[3].data, f[3].len, f[4].data, out))
			Print(out, f[3].len, '\n');
		else
			puts("refused");
	}
	else if (strcmp(what, "verify") == 0)
		puts(pkint_verify_signature(f[0].data, f[1].data, f[2].data, f[2].len) ? "good" : "refused");
	else
		exit(4);
}

int
main(void)
{
	static char line[6 * MAX_BYTES];

	while (fgets(line, sizeof(line), stdin))
	{
		Field		fields[MAX_FIELDS];
		const char *last = "";
		int			count = 0;
		char	   *what = strtok(line, " \n");

		for (char *word = strtok(NULL, " \n"); word && count < MAX_FIELDS; word = strtok(NULL, " \n"))
		{
			fields[count++] = Decode(strcmp(what, "hkdf") == 0 && count == 3 ? "-" : word);
			last = word;
		}
		Answer(what, fields, last);
		for (int i = 0; i < count; i++)
			free(fields[i].data);
	}
	return 0;
}
