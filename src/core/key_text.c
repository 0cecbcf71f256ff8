/*
 * key_text.c
 *	  A key's one text, the same under every setting.
 *
 * Grants and the record name a row by the text of its key.  What a value looks
 * like as text is for its reader to choose: DateStyle, TimeZone, IntervalStyle,
 * extra_float_digits, bytea_output, lc_monetary, search_path.  If the reader
 * chose here too, he would choose which row a grant opens.  So both sides, whoever
 * writes a key down and whoever compares it, take the text from here, which is
 * made under settings that are always the same.
 *
 * It is asked for with every row that is opened by a grant.  Text of most types
 * that serve as keys depends on no setting; for dates, numbers in floating point
 * and bytes the variables are set by hand, which costs next to nothing; only
 * what is left goes through the machinery of settings.
 */
#include "src/core/compat.h"
#include "src/core/key_text.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/bytea.h"
#include "utils/float.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

/* Does the text of this type depend on settings, and on which? */
static PkintKeySettings
SettingsOf(Oid type)
{
	Oid			element;

	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case NAMEOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case NUMERICOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case UUIDOID:
		case INETOID:
		case CIDROID:
		case MACADDROID:
		case MACADDR8OID:
		case BITOID:
		case VARBITOID:
			return PKINT_KEY_PLAIN;
		case DATEOID:
		case TIMEOID:
		case TIMETZOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
		case FLOAT4OID:
		case FLOAT8OID:
		case BYTEAOID:
			return PKINT_KEY_DATES;
		default:
			element = get_base_element_type(type);
			if (OidIsValid(element) && SettingsOf(element) == PKINT_KEY_PLAIN)
				return PKINT_KEY_PLAIN;
			return type_is_enum(type) ? PKINT_KEY_PLAIN : PKINT_KEY_ANY;
	}
}

/* How values of a type become text and back; lives as long as "context". */
void
pkint_key_type(PkintKeyType *key, Oid type, MemoryContext context)
{
	Oid			function;
	bool		is_varlena;

	key->declared = type;
	key->type = getBaseType(type);
	key->settings = SettingsOf(key->type);
	getTypeOutputInfo(key->type, &function, &is_varlena);
	fmgr_info_cxt(function, &key->output, context);
	getTypeInputInfo(key->type, &function, &key->ioparam);
	fmgr_info_cxt(function, &key->input, context);
}

/* One way or the other: value to text where "string" is NULL, else back. */
static Datum
Convert(PkintKeyType *key, Datum value, const char *string)
{
	if (string == NULL)
		return CStringGetDatum(OutputFunctionCall(&key->output, value));
	return InputFunctionCall(&key->input, unconstify(char *, string), key->ioparam, -1);
}

/* The same with the variables behind a few settings set by hand. */
static Datum
ConvertDates(PkintKeyType *key, Datum value, const char *string)
{
	int			date_style = DateStyle;
	int			date_order = DateOrder;
	int			interval_style = IntervalStyle;
	int			float_digits = extra_float_digits;
	int			bytes = bytea_output;
	pg_tz	   *zone = session_timezone;
	volatile Datum result = (Datum) 0;

	PG_TRY();
	{
		DateStyle = USE_ISO_DATES;
		DateOrder = DATEORDER_MDY;
		IntervalStyle = INTSTYLE_POSTGRES;
		extra_float_digits = 1;
		bytea_output = BYTEA_OUTPUT_HEX;
		session_timezone = pg_tzset("GMT");
		result = Convert(key, value, string);
	}
	PG_FINALLY();
	{
		DateStyle = date_style;
		DateOrder = date_order;
		IntervalStyle = interval_style;
		extra_float_digits = float_digits;
		bytea_output = bytes;
		session_timezone = zone;
	}
	PG_END_TRY();
	return result;
}

/*
 * The same with all settings that a type may look at.  They are kept as for a
 * function with SET clauses, so an error puts them back, and a parallel worker
 * may do it too.
 */
static Datum
ConvertAny(PkintKeyType *key, Datum value, const char *string)
{
	static const char *const fixed[][2] = {
		{"datestyle", "ISO, MDY"}, {"intervalstyle", "postgres"},
		{"extra_float_digits", "1"}, {"bytea_output", "hex"},
		{"timezone", "GMT"}, {"lc_monetary", "C"},
		{"search_path", "pg_catalog, pg_temp"}, {"quote_all_identifiers", "off"},
		{"array_nulls", "on"}, {"xmlbinary", "base64"}, {"xmloption", "content"},
	};
	int			nest = NewGUCNestLevel();
	Datum		result;

	for (int i = 0; i < lengthof(fixed); i++)
		(void) set_config_option(fixed[i][0], fixed[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	result = Convert(key, value, string);
	AtEOXact_GUC(true, nest);
	return result;
}

static Datum
ConvertFixed(PkintKeyType *key, Datum value, const char *string)
{
	if (likely(key->settings == PKINT_KEY_PLAIN))
		return Convert(key, value, string);
	if (key->settings == PKINT_KEY_DATES)
		return ConvertDates(key, value, string);
	return ConvertAny(key, value, string);
}

/* The text of a value. */
char *
pkint_key_out(PkintKeyType *key, Datum value)
{
	return DatumGetCString(ConvertFixed(key, value, NULL));
}

/* The value that has this text, without a look at what a domain asks of it. */
Datum
pkint_key_in(PkintKeyType *key, const char *string)
{
	return ConvertFixed(key, (Datum) 0, string);
}

/* What is known of the type of a function's argument, found at its first call. */
PkintKeyType *
pkint_key_argument(FunctionCallInfo fcinfo, int arg)
{
	PkintKeyType *key = fcinfo->flinfo->fn_extra;

	if (unlikely(key == NULL))
	{
		key = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(PkintKeyType));
		pkint_key_type(key, get_fn_expr_argtype(fcinfo->flinfo, arg),
					   fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = key;
	}
	return key;
}

/* The key argument of a policy function as text. */
char *
pkint_key_text(FunctionCallInfo fcinfo, int arg)
{
	return pkint_key_out(pkint_key_argument(fcinfo, arg), PG_GETARG_DATUM(arg));
}
