/*
 * label_print.c
 *	  What is printed on a page (banner) and before a paragraph (portion
 *	  mark), in English and in French.
 */
#include "src/label/label.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pkint_banner);
PG_FUNCTION_INFO_V1(pkint_portion_mark);

/* The words of one language. */
typedef struct Words
{
	const char *lang;
	const char *level[3];
	const char *short_level[3];
	const char *releasable_to;
	const char *to_all;
	const char *to_none;
	const char *originator;
	const char *no_originator;
	const char *short_rel;
	const char *short_all;
	const char *short_none;
} Words;

static const Words languages[] = {
	{
		"en",
		{"UN UNCLASSIFIED", "UN CONFIDENTIAL", "UN STRICTLY CONFIDENTIAL"},
		{"U", "C", "SC"},
		"RELEASABLE TO ", "RELEASABLE TO ALL CLEARED STAFF", "NOT RELEASABLE",
		"ORIGINATOR ", "NO ORIGINATOR",
		"REL ", "REL ALL", "REL NONE",
	},
	{
		"fr",
		{"ONU NON CLASSIFIÉ", "ONU CONFIDENTIEL", "ONU STRICTEMENT CONFIDENTIEL"},
		{"NC", "C", "SC"},
		"DIFFUSION ", "DIFFUSION À TOUT LE PERSONNEL HABILITÉ", "DIFFUSION INTERDITE",
		"ORIGINE ", "SANS ORIGINE",
		"DIFF ", "DIFF TOUS", "DIFF AUCUN",
	},
};

/* The words for a language, or an error that names those there are. */
static const Words *
FindWords(FunctionCallInfo fcinfo)
{
	char	   *lang = text_to_cstring(PG_GETARG_TEXT_PP(1));

	for (int i = 0; i < lengthof(languages); i++)
		if (pg_strcasecmp(languages[i].lang, lang) == 0)
			return &languages[i];
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there are no markings in language \"%s\"", lang),
			 errhint("The languages are \"en\" and \"fr\".")));
}

/* Codes with something between them. */
static void
AppendCodes(StringInfo out, const PkintCodes *codes, const char *between)
{
	for (const char *code = pkint_codes_first(codes); code != NULL;
		 code = pkint_codes_next(codes, code))
	{
		if (code != codes->at)
			appendStringInfoString(out, between);
		appendStringInfoString(out, code);
	}
}

/* Take the label of a call apart. */
static void
OpenLabel(FunctionCallInfo fcinfo, PkintMarking *marking)
{
	if (!pkint_label_open(PG_GETARG_PKINT_LABEL(0), marking))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored label is damaged")));
	marking->level = Min(marking->level, PKINT_STRICTLY_CONFIDENTIAL);
}

/* banner(label, lang) */
Datum
pkint_banner(PG_FUNCTION_ARGS)
{
	const Words *words = FindWords(fcinfo);
	PkintMarking m;
	StringInfoData out;

	OpenLabel(fcinfo, &m);
	initStringInfo(&out);
	appendStringInfoString(&out, words->level[m.level]);
	if (m.caveats.count > 0)
	{
		appendStringInfoString(&out, " // ");
		AppendCodes(&out, &m.caveats, ", ");
	}
	appendStringInfoString(&out, " // ");
	if (m.units.all || m.units.count == 0)
		appendStringInfoString(&out, m.units.all ? words->to_all : words->to_none);
	else
	{
		appendStringInfoString(&out, words->releasable_to);
		AppendCodes(&out, &m.units, ", ");
	}
	appendStringInfoString(&out, " // ");
	if (m.originators.count == 0)
		appendStringInfoString(&out, words->no_originator);
	else
	{
		appendStringInfoString(&out, words->originator);
		AppendCodes(&out, &m.originators, ", ");
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* portion_mark(label, lang) */
Datum
pkint_portion_mark(PG_FUNCTION_ARGS)
{
	const Words *words = FindWords(fcinfo);
	PkintMarking m;
	StringInfoData out;

	OpenLabel(fcinfo, &m);
	initStringInfo(&out);
	appendStringInfo(&out, "(%s", words->short_level[m.level]);
	if (m.caveats.count > 0)
	{
		appendStringInfoString(&out, "//");
		AppendCodes(&out, &m.caveats, ",");
	}
	appendStringInfoString(&out, "//");
	if (m.units.all || m.units.count == 0)
		appendStringInfoString(&out, m.units.all ? words->short_all : words->short_none);
	else
	{
		appendStringInfoString(&out, words->short_rel);
		AppendCodes(&out, &m.units, ",");
	}
	appendStringInfoChar(&out, ')');
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
