/*
 * words.c
 *	  The catalog of messages, for C and for SQL.
 */
#include "src/core/compat.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pkint_say);

/*
 * Say where the catalog lies: where the server's own catalogs are.
 *
 * The server fixes the encoding of its own messages when a session knows its
 * database; a preloaded library is bound before that, and pkint's databases
 * are in UTF8 without exception.
 */
void
pkint_words_init(void)
{
	pg_bindtextdomain(TEXTDOMAIN);
#ifdef ENABLE_NLS
	bind_textdomain_codeset(TEXTDOMAIN, "UTF-8");
#endif
}

/* say(text, ...): format() with the format in the language of lc_messages */
Datum
pkint_say(PG_FUNCTION_ARGS)
{
	Size		size = SizeForFunctionCallInfo(fcinfo->nargs);
	FunctionCallInfo call;
	char	   *words;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	words = text_to_cstring(PG_GETARG_TEXT_PP(0));
	/* gettext answers the empty text with the head of its catalog */
	if (*words == '\0')
		return text_format(fcinfo);
	/* the caller may keep a constant argument in its place for the next call */
	call = palloc(size);
	memcpy(call, fcinfo, size);
	call->args[0].value = CStringGetTextDatum(dgettext(TEXTDOMAIN, words));
	return text_format(call);
}
