/*
 * code_fuzz.c
 *	  Fuzz target: codes of sources as people write them.
 *
 * sources: src/source/code_check.c src/keys/crypto.c
 * libraries: -lcrypto
 *
 * A code that is accepted is the same when written and read again, and every
 * code that differs from it in one symbol or by two neighbours that have changed
 * places is refused: that is what its check symbols are for.
 */
#include "test/fuzz/promise.h"

#include "src/source/code_check.h"

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* No slip of one finger makes another code. */
static void
TrySlips(const char *written)
{
	char		slip[PKINT_CODE_TEXT_MAX];
	PkintCodeParts parts;
	size_t		from = strchr(written, ':') - written + 1;
	size_t		len = strlen(written);

	for (size_t i = from; i < len; i++)
	{
		if (written[i] == '-')
			continue;
		memcpy(slip, written, len + 1);
		for (const char *c = symbols; *c; c++)
		{
			slip[i] = *c;
			Promise(*c == written[i] || pkint_code_parse(slip, len, &parts) != PKINT_CODE_GOOD, "one wrong symbol is noticed", slip);
		}
		memcpy(slip, written, len + 1);
		if (i + 1 < len && written[i + 1] != '-' && written[i + 1] != written[i])
		{
			slip[i] = written[i + 1];
			slip[i + 1] = written[i];
			Promise(pkint_code_parse(slip, len, &parts) != PKINT_CODE_GOOD, "two that changed places are noticed", slip);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PkintCodeParts parts;
	PkintCodeParts again;
	char		written[PKINT_CODE_TEXT_MAX];
	PkintCodeFault fault = pkint_code_parse((const char *) data, size, &parts);

	/* five bytes and a unit, so that good codes are found too */
	if (fault != PKINT_CODE_GOOD && size >= PKINT_CODE_BYTES + 1 && size <= PKINT_CODE_BYTES + PKINT_CODE_UNIT_MAX &&
		pkint_code_unit_valid((const char *) data + PKINT_CODE_BYTES, size - PKINT_CODE_BYTES))
	{
		memset(&parts, 0, sizeof(parts));
		memcpy(parts.code, data, PKINT_CODE_BYTES);
		memcpy(parts.unit, data + PKINT_CODE_BYTES, size - PKINT_CODE_BYTES);
		fault = PKINT_CODE_GOOD;
	}
	Promise(fault >= PKINT_CODE_GOOD && fault <= PKINT_CODE_BAD_CHECK, "a fault is known", "");
	if (fault != PKINT_CODE_GOOD)
		return 0;
	Promise(pkint_code_unit_valid(parts.unit, strlen(parts.unit)), "its unit is one", parts.unit);
	pkint_code_print(&parts, written);
	Promise(strlen(written) < PKINT_CODE_TEXT_MAX, "it fits", written);
	Promise(pkint_code_parse(written, strlen(written), &again) == PKINT_CODE_GOOD &&
			memcmp(&again, &parts, sizeof(parts)) == 0, "read again it is the same", written);
	TrySlips(written);
	return 0;
}
