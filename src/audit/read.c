/*
 * read.c
 *	  What an entry of the record says, when somebody reads it.
 *
 * These functions answer for any bytes, and never raise: what cannot be read
 * is shown as that.  One entry that is not what it should be so hides no other.
 */
#include "src/core/compat.h"

#include "catalog/pg_type.h"
#include "common/jsonapi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "src/audit/entry.h"
#include "src/audit/seal.h"
#include "src/audit/tree.h"
#include "src/label/label.h"

#define MOST_NESTED 512
#define LONGEST_NUMBER 1000

PG_FUNCTION_INFO_V1(pkint_entry_at);
PG_FUNCTION_INFO_V1(pkint_entry_kind);
PG_FUNCTION_INFO_V1(pkint_entry_person);
PG_FUNCTION_INFO_V1(pkint_entry_person_oid);
PG_FUNCTION_INFO_V1(pkint_entry_login);
PG_FUNCTION_INFO_V1(pkint_entry_session);
PG_FUNCTION_INFO_V1(pkint_entry_role);
PG_FUNCTION_INFO_V1(pkint_entry_relation);
PG_FUNCTION_INFO_V1(pkint_entry_label);
PG_FUNCTION_INFO_V1(pkint_entry_subject);
PG_FUNCTION_INFO_V1(pkint_entry_detail);
PG_FUNCTION_INFO_V1(pkint_entry_keyed);
PG_FUNCTION_INFO_V1(pkint_entry_hash);

/* An argument as bytes. */
typedef struct Bytes
{
	const uint8 *data;
	size_t		len;
} Bytes;

static Bytes
Argument(FunctionCallInfo fcinfo)
{
	bytea	   *value = PG_GETARG_BYTEA_PP(0);
	Bytes		bytes;

	bytes.data = (const uint8 *) VARDATA_ANY(value);
	bytes.len = VARSIZE_ANY_EXHDR(value);
	return bytes;
}

/* --- texts ------------------------------------------------------------------------------- */

/* Bytes as a string: as they are where they are text, else in hexadecimal. */
static char *
TextOf(const uint8 *data, size_t len)
{
	char	   *string;

	if (memchr(data, 0, len) == NULL &&
		pg_verify_mbstr(GetDatabaseEncoding(), (const char *) data, (int) len, true))
		return pnstrdup((const char *) data, len);
	string = palloc(2 * len + 3);
	strcpy(string, "\\x");
	string[2 + hex_encode((const char *) data, len, string + 2)] = '\0';
	return string;
}

/* A field as a string, or NULL. */
static char *
FieldText(Bytes entry, PkintEntryTag tag)
{
	PkintEntryHead head;
	const uint8 *data;
	size_t		len;

	if (!pkint_entry_open(entry.data, entry.len, &head) ||
		!pkint_entry_field(entry.data, entry.len, tag, &data, &len))
		return NULL;
	return TextOf(data, len);
}

/* The same as a text. */
static Datum
TextResult(FunctionCallInfo fcinfo, PkintEntryTag tag)
{
	char	   *string = FieldText(Argument(fcinfo), tag);

	if (string == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(string));
}

/* The same as a name. */
static Datum
NameResult(FunctionCallInfo fcinfo, PkintEntryTag tag)
{
	char	   *string = FieldText(Argument(fcinfo), tag);
	Name		name;

	if (string == NULL)
		PG_RETURN_NULL();
	name = palloc0(sizeof(NameData));
	memcpy(NameStr(*name), string, pg_mbcliplen(string, (int) strlen(string), NAMEDATALEN - 1));
	PG_RETURN_NAME(name);
}

/* entry_kind(entry) */
Datum
pkint_entry_kind(PG_FUNCTION_ARGS)
{
	char	   *kind = FieldText(Argument(fcinfo), PKINT_TAG_KIND);

	PG_RETURN_TEXT_P(cstring_to_text(kind ? kind : "unreadable"));
}

/* entry_person(entry): who acted, was refused or read */
Datum
pkint_entry_person(PG_FUNCTION_ARGS)
{
	return NameResult(fcinfo, PKINT_TAG_PERSON);
}

/* entry_login(entry): who had logged in */
Datum
pkint_entry_login(PG_FUNCTION_ARGS)
{
	return NameResult(fcinfo, PKINT_TAG_LOGIN);
}

/* entry_session(entry): as whom, after SET SESSION AUTHORIZATION */
Datum
pkint_entry_session(PG_FUNCTION_ARGS)
{
	return NameResult(fcinfo, PKINT_TAG_SESSION);
}

/* entry_role(entry): in which role, after SET ROLE */
Datum
pkint_entry_role(PG_FUNCTION_ARGS)
{
	return NameResult(fcinfo, PKINT_TAG_ROLE);
}

/* entry_relation(entry) */
Datum
pkint_entry_relation(PG_FUNCTION_ARGS)
{
	return TextResult(fcinfo, PKINT_TAG_RELATION);
}

/* entry_subject(entry): for whom, or about whom */
Datum
pkint_entry_subject(PG_FUNCTION_ARGS)
{
	return NameResult(fcinfo, PKINT_TAG_SUBJECT);
}

/* --- other values ---------------------------------------------------------------------------- */

/* entry_at(entry) */
Datum
pkint_entry_at(PG_FUNCTION_ARGS)
{
	Bytes		entry = Argument(fcinfo);
	PkintEntryHead head;

	if (!pkint_entry_open(entry.data, entry.len, &head) || !IS_VALID_TIMESTAMP(head.at))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(head.at);
}

/* entry_person_oid(entry) */
Datum
pkint_entry_person_oid(PG_FUNCTION_ARGS)
{
	Bytes		entry = Argument(fcinfo);
	PkintEntryHead head;

	if (!pkint_entry_open(entry.data, entry.len, &head) || head.person == 0)
		PG_RETURN_NULL();
	PG_RETURN_OID(head.person);
}

/* entry_label(entry) */
Datum
pkint_entry_label(PG_FUNCTION_ARGS)
{
	Bytes		entry = Argument(fcinfo);
	PkintEntryHead head;
	PkintMarking marking;
	struct varlena *label;
	const uint8 *data;
	size_t		len;

	if (!pkint_entry_open(entry.data, entry.len, &head) ||
		!pkint_entry_field(entry.data, entry.len, PKINT_TAG_LABEL, &data, &len))
		PG_RETURN_NULL();
	label = palloc(VARHDRSZ + len);
	SET_VARSIZE(label, VARHDRSZ + len);
	memcpy(VARDATA(label), data, len);
	if (!pkint_label_open(label, &marking))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(label);
}

/* entry_keyed(entry): is it sealed with a key? */
Datum
pkint_entry_keyed(PG_FUNCTION_ARGS)
{
	static const uint8 none[PKINT_KEY_ID_BYTES] = {0};
	Bytes		entry = Argument(fcinfo);
	PkintEntryHead head;

	PG_RETURN_BOOL(pkint_entry_open(entry.data, entry.len, &head) &&
				   memcmp(head.key_id, none, PKINT_KEY_ID_BYTES) != 0);
}

/* entry_hash(entry): its leaf in the record's tree */
Datum
pkint_entry_hash(PG_FUNCTION_ARGS)
{
	Bytes		entry = Argument(fcinfo);
	bytea	   *result = palloc(VARHDRSZ + PKINT_TREE_HASH);

	SET_VARSIZE(result, VARHDRSZ + PKINT_TREE_HASH);
	pkint_tree_leaf(entry.data, entry.len, (uint8 *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}

/* --- detail ------------------------------------------------------------------------------------ */

/* Numbers that a jsonb can hold: it writes none with an exponent. */
static pkint_json_result
LookAtScalar(void *state, char *token, JsonTokenType type)
{
	bool	   *fits = state;

	if (type == JSON_TOKEN_NUMBER &&
		(strlen(token) > LONGEST_NUMBER || strpbrk(token, "eE") != NULL))
		*fits = false;
	pkint_json_goes_on;
}

/* Are brackets nested less deep than the parser minds? */
static bool
IsShallow(const char *string)
{
	int			depth = 0;

	for (; *string; string++)
	{
		if (*string == '[' || *string == '{')
		{
			if (++depth > MOST_NESTED)
				return false;
		}
		else if (*string == ']' || *string == '}')
			depth--;
	}
	return true;
}

/* Is this JSON that jsonb_in() takes without a murmur? */
static bool
IsJson(char *string)
{
	JsonLexContext *lex;
	JsonSemAction action;
	bool		fits = true;

	if (!IsShallow(string))
		return false;
	memset(&action, 0, sizeof(action));
	action.semstate = &fits;
	action.scalar = LookAtScalar;
	lex = pkint_json_lexer(string, strlen(string));
	return pg_parse_json(lex, &action) == JSON_SUCCESS && fits;
}

/* One member of an object. */
static void
PushMember(JsonbParseState **state, const char *name, JsonbValue *value)
{
	JsonbValue	key;

	key.type = jbvString;
	key.val.string.val = pstrdup(name);
	key.val.string.len = (int) strlen(name);
	pushJsonbValue(state, WJB_KEY, &key);
	pushJsonbValue(state, WJB_VALUE, value);
}

static void
PushNumber(JsonbParseState **state, const char *name, int64 number)
{
	JsonbValue	value;

	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(number);
	PushMember(state, name, &value);
}

static void
PushText(JsonbParseState **state, const char *name, char *string)
{
	JsonbValue	value;

	if (string == NULL)
		return;
	value.type = jbvString;
	value.val.string.val = string;
	value.val.string.len = (int) strlen(string);
	PushMember(state, name, &value);
}

/* The keys of rows, as far as they can be told apart. */
static void
PushKeys(JsonbParseState **state, const uint8 *data, size_t len)
{
	JsonbValue	key;

	key.type = jbvString;
	key.val.string.val = pstrdup("keys");
	key.val.string.len = 4;
	pushJsonbValue(state, WJB_KEY, &key);
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (size_t at = 0; len - at >= 2;)
	{
		size_t		n = pkint_get_big16(data + at);

		if (n > len - at - 2)
			break;
		key.val.string.val = TextOf(data + at + 2, n);
		key.val.string.len = (int) strlen(key.val.string.val);
		pushJsonbValue(state, WJB_ELEM, &key);
		at += 2 + n;
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* Names beyond person and login, where they say something else. */
static void
PushNames(JsonbParseState **state, Bytes entry, const PkintEntryHead *head)
{
	if (head->session != head->login && head->session != head->person)
		PushText(state, "session", FieldText(entry, PKINT_TAG_SESSION));
	if (head->role != head->session && head->role != head->person)
		PushText(state, "role", FieldText(entry, PKINT_TAG_ROLE));
}

/* Bytes that nobody could read, shown as that. */
static void
PushRaw(JsonbParseState **state, const uint8 *data, size_t len)
{
	PushNumber(state, "bytes", (int64) len);
	PushText(state, "unreadable", TextOf(data, Min(len, 1000)));
}

/* All but what has a column of its own and what was given as detail. */
static Jsonb *
Members(Bytes entry, const PkintEntryHead *head, char *unreadable)
{
	JsonbParseState *state = NULL;
	const uint8 *data;
	size_t		len;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	PushNumber(&state, "pid", head->pid);
	if (head->rows != PKINT_NO_ROWS)
		PushNumber(&state, "rows", head->rows);
	if (head->over != 0)
		PushNumber(&state, "passed_over", head->over);
	PushNames(&state, entry, head);
	PushText(&state, "reason", FieldText(entry, PKINT_TAG_REASON));
	PushText(&state, "command", FieldText(entry, PKINT_TAG_COMMAND));
	if (pkint_entry_field(entry.data, entry.len, PKINT_TAG_KEYS, &data, &len))
		PushKeys(&state, data, len);
	if (pkint_entry_field(entry.data, entry.len, PKINT_TAG_RAW, &data, &len))
		PushRaw(&state, data, len);
	PushText(&state, "unreadable", unreadable);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* What is shown of bytes that are no entry. */
static Jsonb *
Unreadable(Bytes entry)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	PushRaw(&state, entry.data, entry.len);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* entry_detail(entry) */
Datum
pkint_entry_detail(PG_FUNCTION_ARGS)
{
	Bytes		entry = Argument(fcinfo);
	PkintEntryHead head;
	char	   *detail;
	Datum		given;

	if (!pkint_entry_open(entry.data, entry.len, &head))
		PG_RETURN_JSONB_P(Unreadable(entry));
	detail = FieldText(entry, PKINT_TAG_DETAIL);
	if (detail == NULL || !IsJson(detail))
		PG_RETURN_JSONB_P(Members(entry, &head, detail));
	given = DirectFunctionCall1(jsonb_in, CStringGetDatum(detail));
	if (!JB_ROOT_IS_OBJECT(DatumGetJsonbP(given)))
		PG_RETURN_JSONB_P(Members(entry, &head, detail));
	PG_RETURN_DATUM(DirectFunctionCall2(jsonb_concat,
										JsonbPGetDatum(Members(entry, &head, NULL)), given));
}
