/*
 * chain.c
 *	  The hash that ties each entry of the record to the one before it.
 *
 * With a root key the hash is keyed, so that whoever can write to the table but
 * does not hold the key cannot make a chain that verifies.  Without one it is a
 * plain SHA-256, which tells damage and clumsy changes, and verify_audit() says
 * which of the two each entry has.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "src/audit/audit.h"
#include "src/keys/keys.h"

PG_FUNCTION_INFO_V1(pkint_audit_hash);
PG_FUNCTION_INFO_V1(pkint_audit_keyed);

/* Every field with its length before it, so that no two entries read alike. */
static void
SerializeFields(StringInfo buf, ArrayType *fields)
{
	Datum	   *elems;
	bool	   *nulls;
	int			nelems;

	deconstruct_array(fields, TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &nelems);
	for (int i = 0; i < nelems; i++)
	{
		text	   *field;

		if (nulls[i])
		{
			appendStringInfoString(buf, "-;");
			continue;
		}
		field = DatumGetTextPP(elems[i]);
		appendStringInfo(buf, "%d:", (int) VARSIZE_ANY_EXHDR(field));
		appendBinaryStringInfo(buf, VARDATA_ANY(field), VARSIZE_ANY_EXHDR(field));
		appendStringInfoChar(buf, ';');
	}
}

/* HMAC-SHA-256 under the key that is derived for the record. */
static void
KeyedHash(StringInfo buf, uint8 *out)
{
	uint8		key[PKINT_KEY_BYTES];
	PkintHmacKey hmac;

	pkint_derive_key("record", "", 0, key);
	pkint_hmac_key(&hmac, key, sizeof(key));
	pkint_hmac(&hmac, (uint8 *) buf->data, buf->len, out);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&hmac, sizeof(hmac));
}

/* audit_hash(previous, fields, keyed) */
Datum
pkint_audit_hash(PG_FUNCTION_ARGS)
{
	bytea	   *previous = PG_GETARG_BYTEA_PP(0);
	bytea	   *result = palloc(VARHDRSZ + PKINT_HASH_BYTES);
	StringInfoData buf;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(previous), VARSIZE_ANY_EXHDR(previous));
	SerializeFields(&buf, PG_GETARG_ARRAYTYPE_P(1));
	SET_VARSIZE(result, VARHDRSZ + PKINT_HASH_BYTES);
	if (PG_GETARG_BOOL(2))
		KeyedHash(&buf, (uint8 *) VARDATA(result));
	else
		pkint_sha256((uint8 *) buf.data, buf.len, (uint8 *) VARDATA(result));
	pfree(buf.data);
	PG_RETURN_BYTEA_P(result);
}

/* audit_keyed(): is there a key for the chain? */
Datum
pkint_audit_keyed(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pkint_keys_available());
}
