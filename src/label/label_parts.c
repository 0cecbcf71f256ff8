/*
 * label_parts.c
 *	  The parts of a label as SQL values, and a label from its parts.
 *
 * A list of codes is a text array.  ALL and NONE are themselves, as the one
 * element of an array: an empty array never stands for an audience, so that
 * nobody can take "no one is named" for "everybody".
 */
#include "src/label/label.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pkint_level);
PG_FUNCTION_INFO_V1(pkint_caveats);
PG_FUNCTION_INFO_V1(pkint_releasable_to);
PG_FUNCTION_INFO_V1(pkint_originators);
PG_FUNCTION_INFO_V1(pkint_make_label);

/* A list of codes as it comes from SQL. */
typedef struct GivenCodes
{
	bool		given;
	bool		all;
	bool		none;
	int			count;
	const char **code;
} GivenCodes;

/* Take a label apart, or raise where it is damaged. */
static void
OpenArgument(FunctionCallInfo fcinfo, PkintMarking *marking)
{
	if (!pkint_label_open(PG_GETARG_PKINT_LABEL(0), marking))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored label is damaged")));
}

/* A list of codes as a text array. */
static Datum
CodesToArray(const PkintCodes *codes, bool spell_none)
{
	int			n = 0;
	Datum	   *elements = palloc(sizeof(Datum) * (codes->count + 1));

	if (codes->all)
		elements[n++] = CStringGetTextDatum("ALL");
	else if (codes->count == 0 && spell_none)
		elements[n++] = CStringGetTextDatum("NONE");
	else
		for (const char *code = pkint_codes_first(codes); code != NULL;
			 code = pkint_codes_next(codes, code))
			elements[n++] = CStringGetTextDatum(code);
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* level(label) */
Datum
pkint_level(PG_FUNCTION_ARGS)
{
	PkintMarking marking;

	OpenArgument(fcinfo, &marking);
	PG_RETURN_TEXT_P(cstring_to_text(pkint_level_name(marking.level)));
}

/* caveats(label) */
Datum
pkint_caveats(PG_FUNCTION_ARGS)
{
	PkintMarking marking;

	OpenArgument(fcinfo, &marking);
	return CodesToArray(&marking.caveats, false);
}

/* releasable_to(label) */
Datum
pkint_releasable_to(PG_FUNCTION_ARGS)
{
	PkintMarking marking;

	OpenArgument(fcinfo, &marking);
	return CodesToArray(&marking.units, true);
}

/* originators(label) */
Datum
pkint_originators(PG_FUNCTION_ARGS)
{
	PkintMarking marking;

	OpenArgument(fcinfo, &marking);
	return CodesToArray(&marking.originators, true);
}

/* An array of an argument list; ALL and NONE are taken out of it. */
static GivenCodes
GetCodes(FunctionCallInfo fcinfo, int argno, const char *what, bool keywords)
{
	GivenCodes	given = {false, false, false, 0, NULL};
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (PG_ARGISNULL(argno))
		return given;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &n);
	given.given = true;
	given.code = palloc(sizeof(char *) * (n + 1));
	for (int i = 0; i < n; i++)
	{
		char	   *code;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a code in %s is null", what)));
		code = TextDatumGetCString(elements[i]);
		for (char *c = code; *c != '\0'; c++)
			if (*c >= 'a' && *c <= 'z')
				*c += 'A' - 'a';
		if (keywords && n == 1 && strcmp(code, "ALL") == 0)
			given.all = true;
		else if (keywords && n == 1 && strcmp(code, "NONE") == 0)
			given.none = true;
		else
			given.code[given.count++] = code;
	}
	return given;
}

/* A level by any of its names, or the error that a label's text would give. */
static int
GetLevel(FunctionCallInfo fcinfo)
{
	char	   *name;
	int			level = 0;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a label needs a level"),
				 errhint("The levels are UNCLASSIFIED, CONFIDENTIAL and STRICTLY CONFIDENTIAL.")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (!pkint_level_parse(name, strlen(name), &level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown level \"%s\"", name),
				 errhint("The levels are UNCLASSIFIED, CONFIDENTIAL and STRICTLY CONFIDENTIAL.")));
	return level;
}

/* make_label(level, caveats, releasable_to, originators) */
Datum
pkint_make_label(PG_FUNCTION_ARGS)
{
	static const char *const mission[] = {"MISSION"};
	int			level = GetLevel(fcinfo);
	GivenCodes	caveats = GetCodes(fcinfo, 1, "caveats", false);
	GivenCodes	units = GetCodes(fcinfo, 2, "releasable_to", true);
	GivenCodes	orig = GetCodes(fcinfo, 3, "originators", true);

	if (orig.all || (orig.given && !orig.none && orig.count == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg(orig.all ? gettext_noop("originators cannot be ALL") : gettext_noop("originators names nobody")),
				 errhint("Name the units that control the information, leave originators out for MISSION, or give '{NONE}'.")));
	if (units.given && !units.all && !units.none && units.count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("releasable_to names nobody"),
				 errhint("Give '{ALL}' for everybody with a clearance, '{NONE}' for nobody, or the codes of units.")));
	if (!units.given)
	{
		if (!orig.given || orig.none)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("label does not say who may read it"),
					 errhint("Give releasable_to; with originators alone, these are the audience.")));
		units = orig;
	}
	if (!orig.given)
	{
		orig.code = (const char **) mission;
		orig.count = 1;
	}
	PG_RETURN_POINTER(pkint_label_build(level, caveats.code, caveats.count,
										units.all, units.code, units.count,
										orig.code, orig.count));
}
