/*
 * code.c
 *	  The type pkint.source_code: the pseudonym of a source for one unit.
 *
 * What is stored is 40 bits and the unit; the check symbols are computed when
 * a code is written and demanded when one is read.
 */
#include "src/source/code.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "src/core/compat.h"

PG_FUNCTION_INFO_V1(pkint_source_code_in);
PG_FUNCTION_INFO_V1(pkint_source_code_out);
PG_FUNCTION_INFO_V1(pkint_source_code_recv);
PG_FUNCTION_INFO_V1(pkint_source_code_send);
PG_FUNCTION_INFO_V1(pkint_source_code_lt);
PG_FUNCTION_INFO_V1(pkint_source_code_le);
PG_FUNCTION_INFO_V1(pkint_source_code_eq);
PG_FUNCTION_INFO_V1(pkint_source_code_ne);
PG_FUNCTION_INFO_V1(pkint_source_code_ge);
PG_FUNCTION_INFO_V1(pkint_source_code_gt);
PG_FUNCTION_INFO_V1(pkint_source_code_cmp);
PG_FUNCTION_INFO_V1(pkint_source_code_hash);
PG_FUNCTION_INFO_V1(pkint_source_code_hash_extended);
PG_FUNCTION_INFO_V1(pkint_source_code_unit);
PG_FUNCTION_INFO_V1(pkint_is_source_code);

/* Build the varlena. */
PkintSourceCode *
pkint_source_code_make(const PkintCodeParts *parts)
{
	size_t		unitlen = strlen(parts->unit);
	PkintSourceCode *code = palloc(VARHDRSZ + PKINT_CODE_BYTES + unitlen);

	SET_VARSIZE(code, VARHDRSZ + PKINT_CODE_BYTES + unitlen);
	memcpy(VARDATA(code), parts->code, PKINT_CODE_BYTES);
	memcpy(VARDATA(code) + PKINT_CODE_BYTES, parts->unit, unitlen);
	return code;
}

/* Take the varlena apart; it never holds more than input let in. */
void
pkint_source_code_parts(const PkintSourceCode *code, PkintCodeParts *parts)
{
	size_t		len = VARSIZE_ANY_EXHDR(code);
	size_t		unitlen;

	memset(parts, 0, sizeof(*parts));
	if (len < PKINT_CODE_BYTES)
		return;
	unitlen = Min(len - PKINT_CODE_BYTES, (size_t) PKINT_CODE_UNIT_MAX);
	memcpy(parts->code, VARDATA_ANY(code), PKINT_CODE_BYTES);
	memcpy(parts->unit, VARDATA_ANY(code) + PKINT_CODE_BYTES, unitlen);
}

/* What to tell about input that is not a code: never the input itself. */
static const char *
FaultDetail(PkintCodeFault fault)
{
	switch (fault)
	{
		case PKINT_CODE_NO_UNIT:
			return gettext_noop("The unit is missing before the colon.");
		case PKINT_CODE_BAD_UNIT:
			return gettext_noop("What stands before the colon is not the code of a unit.");
		case PKINT_CODE_BAD_SYMBOL:
			return gettext_noop("It holds a character that no code has.");
		case PKINT_CODE_BAD_LENGTH:
			return gettext_noop("A code has ten symbols after the colon.");
		case PKINT_CODE_GOOD:
		case PKINT_CODE_BAD_CHECK:
			break;
	}
	return gettext_noop("The check symbols do not match: a symbol is mistyped, or the code is another unit's.");
}

/* Text input. */
Datum
pkint_source_code_in(PG_FUNCTION_ARGS)
{
	char	   *typed = PG_GETARG_CSTRING(0);
	PkintCodeParts parts;
	PkintCodeFault fault = pkint_code_parse(typed, strlen(typed), &parts);

	if (fault != PKINT_CODE_GOOD)
		pkint_ereturn(fcinfo, (Datum) 0,
					  (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					   errmsg("invalid input syntax for type %s", "pkint.source_code"),
					   errdetail("%s", _(FaultDetail(fault))),
					   errhint("Write the unit and the ten symbols as they were given out, for example JMAC:7K3Q-9F2M-XT; spaces, dashes and lower case do not matter.")));
	PG_RETURN_POINTER(pkint_source_code_make(&parts));
}

/* Text output. */
Datum
pkint_source_code_out(PG_FUNCTION_ARGS)
{
	PkintCodeParts parts;
	char	   *printed = palloc(PKINT_CODE_TEXT_MAX);

	pkint_source_code_parts(PG_GETARG_SOURCE_CODE_PP(0), &parts);
	pkint_code_print(&parts, printed);
	PG_RETURN_CSTRING(printed);
}

/* Binary input: five bytes and the unit. */
Datum
pkint_source_code_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	PkintCodeParts parts;
	int			unitlen = buf->len - buf->cursor - PKINT_CODE_BYTES;

	memset(&parts, 0, sizeof(parts));
	if (unitlen < 1 || unitlen > PKINT_CODE_UNIT_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid length of a binary source code")));
	pq_copymsgbytes(buf, (char *) parts.code, PKINT_CODE_BYTES);
	pq_copymsgbytes(buf, parts.unit, unitlen);
	if (!pkint_code_unit_valid(parts.unit, (size_t) unitlen))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid unit in a binary source code")));
	PG_RETURN_POINTER(pkint_source_code_make(&parts));
}

/* Binary output. */
Datum
pkint_source_code_send(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = PG_GETARG_SOURCE_CODE_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(code), (int) VARSIZE_ANY_EXHDR(code));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Order: by unit, then by code. */
int
pkint_source_code_compare(const PkintSourceCode *a, const PkintSourceCode *b)
{
	PkintCodeParts x;
	PkintCodeParts y;
	int			order;

	pkint_source_code_parts(a, &x);
	pkint_source_code_parts(b, &y);
	order = memcmp(x.unit, y.unit, sizeof(x.unit));
	return order != 0 ? order : memcmp(x.code, y.code, sizeof(x.code));
}

/* The order of the two arguments of a comparison function. */
static int
CompareArgs(FunctionCallInfo fcinfo)
{
	return pkint_source_code_compare(PG_GETARG_SOURCE_CODE_PP(0),
									 PG_GETARG_SOURCE_CODE_PP(1));
}

Datum
pkint_source_code_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArgs(fcinfo) < 0);
}

Datum
pkint_source_code_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArgs(fcinfo) <= 0);
}

Datum
pkint_source_code_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArgs(fcinfo) == 0);
}

Datum
pkint_source_code_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArgs(fcinfo) != 0);
}

Datum
pkint_source_code_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArgs(fcinfo) >= 0);
}

Datum
pkint_source_code_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArgs(fcinfo) > 0);
}

Datum
pkint_source_code_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CompareArgs(fcinfo));
}

Datum
pkint_source_code_hash(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = PG_GETARG_SOURCE_CODE_PP(0);

	return hash_any((unsigned char *) VARDATA_ANY(code),
					(int) VARSIZE_ANY_EXHDR(code));
}

Datum
pkint_source_code_hash_extended(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = PG_GETARG_SOURCE_CODE_PP(0);

	return hash_any_extended((unsigned char *) VARDATA_ANY(code),
							 (int) VARSIZE_ANY_EXHDR(code),
							 PG_GETARG_INT64(1));
}

/* The unit of a code. */
Datum
pkint_source_code_unit(PG_FUNCTION_ARGS)
{
	PkintCodeParts parts;

	pkint_source_code_parts(PG_GETARG_SOURCE_CODE_PP(0), &parts);
	PG_RETURN_TEXT_P(cstring_to_text(parts.unit));
}

/* Would a text be read as a source code? */
Datum
pkint_is_source_code(PG_FUNCTION_ARGS)
{
	text	   *typed = PG_GETARG_TEXT_PP(0);
	PkintCodeParts parts;

	PG_RETURN_BOOL(pkint_code_parse(VARDATA_ANY(typed), VARSIZE_ANY_EXHDR(typed),
									&parts) == PKINT_CODE_GOOD);
}
