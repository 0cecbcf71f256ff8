/*
 * channel.c
 *	  The name of the channel on which a person is told that something waits.
 *
 * It is a keyed hash of who the person is, so that whoever knows one name, or
 * many, cannot tell another; and it needs no row for each person, so that it can
 * be asked for on a standby and in a transaction that only reads.
 */
#include "src/core/compat.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "src/keys/crypto.h"

/* bytes of the hash that make the name: an identifier has 63 characters */
#define NAMED_BYTES 20

PG_FUNCTION_INFO_V1(pkint_channel_name);

/* channel_name(secret, person): number and name of the role, as elsewhere */
Datum
pkint_channel_name(PG_FUNCTION_ARGS)
{
	static const char digits[] = "0123456789abcdef";
	bytea	   *secret = PG_GETARG_BYTEA_PP(0);
	Oid			person = PG_GETARG_OID(1);
	char	   *role = GetUserNameFromId(person, true);
	char	   *who;
	PkintHmacKey key;
	uint8_t		hash[PKINT_HASH_BYTES];
	StringInfoData name;

	if (role == NULL)
		PG_RETURN_NULL();
	who = psprintf("%u %s", person, role);
	pkint_hmac_key(&key, (uint8_t *) VARDATA_ANY(secret), VARSIZE_ANY_EXHDR(secret));
	pkint_hmac(&key, (uint8_t *) who, strlen(who), hash);
	initStringInfo(&name);
	appendStringInfoString(&name, "pkint_");
	for (int i = 0; i < NAMED_BYTES; i++)
	{
		appendStringInfoChar(&name, digits[hash[i] >> 4]);
		appendStringInfoChar(&name, digits[hash[i] & 15]);
	}
	PG_RETURN_TEXT_P(cstring_to_text(name.data));
}
