/*
 * soft_types.c
 *	  Labels and grid references from a feed, looked at without raising.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "src/incident/mgrs.h"
#include "src/label/grammar.h"

PG_FUNCTION_INFO_V1(pkint_mgrs_fault);
PG_FUNCTION_INFO_V1(pkint_label_fault);

/* What keeps a text from being a grid reference; NULL if nothing does. */
Datum
pkint_mgrs_fault(PG_FUNCTION_ARGS)
{
	char	   *reference = text_to_cstring(PG_GETARG_TEXT_PP(0));
	PkintMgrs	ref;
	int			where;
	const char *fault = pkint_mgrs_parse(reference, &ref, &where);

	if (fault == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(_(fault)));
}

/* Is this fault a marking of a state or an alliance? */
static bool
IsNationalFault(PkintGrammarCode code)
{
	return code == PKINT_GRAMMAR_NATIONAL || code == PKINT_GRAMMAR_ALLIANCE ||
		code == PKINT_GRAMMAR_NATIONAL_CAVEAT;
}

/*
 * What keeps a text from being a label: a reason, a sentence, a hint.  All
 * three are NULL if nothing does.
 */
Datum
pkint_label_fault(PG_FUNCTION_ARGS)
{
	text	   *in = PG_GETARG_TEXT_PP(0);
	TupleDesc	desc;
	Datum		values[3];
	bool		nulls[3] = {true, true, true};
	uint8		body[PKINT_BODY_TYPED_MAX];
	size_t		body_len;
	PkintGrammarError error;
	char		message[PKINT_EXPLAIN_MAX];
	char		hint[PKINT_EXPLAIN_MAX];

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	memset(&error, 0, sizeof(error));
	if (!pkint_marking_parse(PKINT_LABEL, VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in),
							 body, &body_len, &error))
	{
		pkint_grammar_explain(&error, VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in),
							  message, sizeof(message), hint, sizeof(hint));
		values[0] = CStringGetTextDatum(IsNationalFault(error.code) ? "national marking" : "bad label");
		values[1] = CStringGetTextDatum(message);
		values[2] = CStringGetTextDatum(hint);
		nulls[0] = nulls[1] = false;
		nulls[2] = hint[0] == '\0';
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
