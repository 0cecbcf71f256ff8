/*
 * label_io.c
 *	  Labels and clearances in and out of the server, as text and as bytes.
 *
 * The work is done by the plain C of grammar.h; here its verdict becomes a
 * value or an error.  The binary form is a version byte, a byte that tells a
 * label from a clearance, and the body as it lies on disk.
 */
#include "src/label/label.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#define WIRE_VERSION 1
#define WIRE_LABEL 'L'
#define WIRE_CLEARANCE 'C'

PG_FUNCTION_INFO_V1(pkint_label_in);
PG_FUNCTION_INFO_V1(pkint_label_out);
PG_FUNCTION_INFO_V1(pkint_label_recv);
PG_FUNCTION_INFO_V1(pkint_label_send);
PG_FUNCTION_INFO_V1(pkint_clearance_in);
PG_FUNCTION_INFO_V1(pkint_clearance_out);
PG_FUNCTION_INFO_V1(pkint_clearance_recv);
PG_FUNCTION_INFO_V1(pkint_clearance_send);

/* Which errcode does a verdict of the grammar carry? */
static int
ErrorCode(PkintGrammarCode code)
{
	if (code == PKINT_GRAMMAR_TOO_MANY || code == PKINT_GRAMMAR_TEXT_TOO_LONG)
		return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
	return ERRCODE_INVALID_TEXT_REPRESENTATION;
}

/* A value around a body. */
static struct varlena *
MakeValue(const uint8_t *body, size_t len)
{
	struct varlena *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	memcpy(VARDATA(value), body, len);
	return value;
}

/* A marking packed into a value. */
struct varlena *
pkint_marking_value(PkintMarkingKind kind, const PkintMarking *marking)
{
	size_t		size;
	struct varlena *value;

	if (marking->caveats.count > PKINT_CODES_MAX ||
		marking->units.count > PKINT_CODES_MAX ||
		marking->originators.count > PKINT_CODES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s would name more than %d codes of one kind",
						kind == PKINT_LABEL ? _("label") : _("clearance"), PKINT_CODES_MAX),
				 errhint("Combine fewer labels, or give one unit that stands for several.")));
	size = pkint_marking_size(kind, marking);
	value = palloc(VARHDRSZ + size);
	SET_VARSIZE(value, VARHDRSZ + size);
	pkint_marking_pack(kind, marking, (uint8 *) VARDATA(value));
	return value;
}

/* Text to value. */
static Datum
InputText(FunctionCallInfo fcinfo, PkintMarkingKind kind)
{
	const char *input = PG_GETARG_CSTRING(0);
	size_t		len = strlen(input);
	uint8_t		body[PKINT_BODY_TYPED_MAX];
	size_t		body_len;
	PkintGrammarError error;
	char		message[PKINT_EXPLAIN_MAX];
	char		hint[PKINT_EXPLAIN_MAX];

	if (pkint_marking_parse(kind, input, len, body, &body_len, &error))
		PG_RETURN_POINTER(MakeValue(body, body_len));
	pkint_grammar_explain(&error, input, len, message, sizeof(message),
						  hint, sizeof(hint));
	pkint_ereturn(fcinfo, (Datum) 0,
				  (errcode(ErrorCode(error.code)),
				   errmsg("%s", message),
				   errhint("%s", hint)));
}

/* Value to text. */
static char *
OutputText(const struct varlena *value, PkintMarkingKind kind)
{
	PkintMarking marking;
	size_t		len;
	char	   *output;

	if (!pkint_marking_open(PKINT_BODY(value), PKINT_BODY_LEN(value), &marking))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored %s is damaged",
						kind == PKINT_LABEL ? _("label") : _("clearance"))));
	len = pkint_marking_format(kind, &marking, NULL, 0);
	output = palloc(len + 1);
	pkint_marking_format(kind, &marking, output, len);
	output[len] = '\0';
	return output;
}

char *
pkint_label_text(const PkintLabel *label)
{
	return OutputText(label, PKINT_LABEL);
}

char *
pkint_clearance_text(const PkintClearance *clearance)
{
	return OutputText(clearance, PKINT_CLEARANCE);
}

/* Refuse a binary value. */
static void
RefuseBinary(const PkintGrammarError *error)
{
	char		message[PKINT_EXPLAIN_MAX];
	char		hint[PKINT_EXPLAIN_MAX];

	pkint_grammar_explain(error, NULL, 0, message, sizeof(message),
						  hint, sizeof(hint));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("%s", message),
			 errhint("%s", hint)));
}

/* Bytes to value. */
static Datum
ReceiveBytes(StringInfo buf, PkintMarkingKind kind)
{
	PkintGrammarError error;
	int			len = buf->len - buf->cursor;
	const uint8 *bytes = (const uint8 *) buf->data + buf->cursor;
	uint8		wire_kind = kind == PKINT_LABEL ? WIRE_LABEL : WIRE_CLEARANCE;

	memset(&error, 0, sizeof(error));
	error.kind = kind;
	error.at = (size_t) Max(len, 0);
	if (len < 3)
		error.code = PKINT_GRAMMAR_TRUNCATED;
	else if (bytes[0] != WIRE_VERSION)
		error.code = PKINT_GRAMMAR_VERSION;
	else if (bytes[1] != wire_kind)
		error.code = PKINT_GRAMMAR_WRONG_KIND;
	else
		(void) pkint_marking_check(kind, bytes + 2, (size_t) len - 2, &error);
	if (error.code != PKINT_GRAMMAR_OK)
		RefuseBinary(&error);
	buf->cursor = buf->len;
	return PointerGetDatum(MakeValue(bytes + 2, (size_t) len - 2));
}

/* Value to bytes. */
static bytea *
SendBytes(const struct varlena *value, PkintMarkingKind kind)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WIRE_VERSION);
	pq_sendbyte(&buf, kind == PKINT_LABEL ? WIRE_LABEL : WIRE_CLEARANCE);
	pq_sendbytes(&buf, (const char *) PKINT_BODY(value), (int) PKINT_BODY_LEN(value));
	return pq_endtypsend(&buf);
}

/* CREATE TYPE pkint.label: text input */
Datum
pkint_label_in(PG_FUNCTION_ARGS)
{
	return InputText(fcinfo, PKINT_LABEL);
}

/* CREATE TYPE pkint.label: text output */
Datum
pkint_label_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(OutputText(PG_GETARG_PKINT_LABEL(0), PKINT_LABEL));
}

/* CREATE TYPE pkint.label: binary input */
Datum
pkint_label_recv(PG_FUNCTION_ARGS)
{
	return ReceiveBytes((StringInfo) PG_GETARG_POINTER(0), PKINT_LABEL);
}

/* CREATE TYPE pkint.label: binary output */
Datum
pkint_label_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(SendBytes(PG_GETARG_PKINT_LABEL(0), PKINT_LABEL));
}

/* CREATE TYPE pkint.clearance: text input */
Datum
pkint_clearance_in(PG_FUNCTION_ARGS)
{
	return InputText(fcinfo, PKINT_CLEARANCE);
}

/* CREATE TYPE pkint.clearance: text output */
Datum
pkint_clearance_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(OutputText(PG_GETARG_PKINT_CLEARANCE(0), PKINT_CLEARANCE));
}

/* CREATE TYPE pkint.clearance: binary input */
Datum
pkint_clearance_recv(PG_FUNCTION_ARGS)
{
	return ReceiveBytes((StringInfo) PG_GETARG_POINTER(0), PKINT_CLEARANCE);
}

/* CREATE TYPE pkint.clearance: binary output */
Datum
pkint_clearance_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(SendBytes(PG_GETARG_PKINT_CLEARANCE(0), PKINT_CLEARANCE));
}
