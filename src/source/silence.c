/*
 * silence.c
 *	  Keeping what is said about sources out of logs and statistics (T35).
 *
 * A statement is silent if its text, or that of the prepared statement it
 * runs, names a function that takes identities, or if such a function has
 * begun in it.  Of a silent statement nothing goes into the log but that there
 * was one: no text, parameter, detail or context, and no message but pkint's
 * own, which never repeats what was typed.  Its text in pg_stat_activity is
 * overwritten, its core is never dumped, and pg_stat_statements is told to
 * leave it out.
 *
 * A session in which a statement was silent keeps the text of all later ones
 * out of the log.
 */
#include "src/core/compat.h"
#include "src/source/silence.h"

#include <ctype.h>

#include "access/xact.h"
#include "commands/extension.h"
#include "nodes/parsenodes.h"
#include "parser/analyze.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"

#include "src/keys/secret.h"

/* Functions whose arguments may name people. */
static const char *const silent_functions[] = {
	"register_source", "correct_source", "source_meeting", "redact", "reporter_code"
};

static const char withheld[] = "<pkint: a statement on sources>";

static emit_log_hook_type prev_emit_log = NULL;
static post_parse_analyze_hook_type prev_post_parse_analyze = NULL;

/* the statement, by its start, that is silent; and was any in this session? */
static TimestampTz silent_statement = 0;
static bool silent_session = false;

/* May a character be part of a name? */
static bool
InName(char c)
{
	return isalnum((unsigned char) c) || c == '_' || (c & 0x80);
}

/* Does a text call this function, in any case, quoted or not? */
static bool
CallsFunction(const char *query, const char *function)
{
	size_t		len = strlen(function);

	for (const char *p = query; (p = strcasestr(p, function)) != NULL; p += len)
		if ((p == query || !InName(p[-1])) && !InName(p[len]))
			return true;
	return false;
}

/* Does a text call one of the functions? */
static bool
NamesSilentFunction(const char *query)
{
	if (query == NULL)
		return false;
	for (int i = 0; i < lengthof(silent_functions); i++)
		if (CallsFunction(query, silent_functions[i]))
			return true;
	return false;
}

/* Is this an EXECUTE, whose own text does not name what it runs? */
static bool
IsExecute(const char *query)
{
	if (query == NULL)
		return false;
	while (isspace((unsigned char) *query))
		query++;
	return pg_strncasecmp(query, "execute", 7) == 0;
}

/* Mark the statement that runs now, and overwrite what others see of it. */
static void
MarkSilent(void)
{
	silent_statement = GetCurrentStatementStartTimestamp();
	if (!silent_session)
	{
		silent_session = true;
		pkint_make_undumpable();
	}
	if (MyBEEntry != NULL)
		pgstat_report_activity(STATE_RUNNING, withheld);
}

/* To be called first by every function that handles identities. */
void
pkint_silence(void)
{
	MarkSilent();
}

/* Is the statement that runs now to be kept out of the log? */
static bool
StatementIsSilent(void)
{
	if (silent_statement != 0 && silent_statement == GetCurrentStatementStartTimestamp())
		return true;
	if (NamesSilentFunction(debug_query_string))
		return true;
	return silent_session && IsExecute(debug_query_string);
}

/* Overwrite and forget a string of a log entry. */
static void
Blank(char **string)
{
	if (*string)
		explicit_bzero(*string, strlen(*string));
	*string = NULL;
}

/*
 * Is this one of pkint's own messages, or one about privileges, which names
 * roles and objects and never a value?
 */
static bool
IsOwnMessage(const ErrorData *edata)
{
	if (edata->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return true;
	return edata->domain && strncmp(edata->domain, "pkint", 5) == 0;
}

/* Is this an entry that prints the text of a statement? */
static bool
PrintsStatement(const ErrorData *edata)
{
	static const char *const starts[] = {"statement:", "execute ", "parse ", "bind ", "duration:", "fastpath"};

	for (int i = 0; edata->message && i < lengthof(starts); i++)
		if (strncmp(edata->message, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* Put a harmless text in the place of a message. */
static void
ReplaceMessage(ErrorData *edata)
{
	double		ms;
	char	   *replaced;

	if (edata->message && sscanf(edata->message, "duration: %lf ms", &ms) == 1)
		replaced = psprintf("duration: %.3f ms  %s", ms, withheld);
	else if (edata->elevel >= ERROR)
		replaced = pstrdup(_("a statement on sources failed"));
	else
		replaced = pstrdup(withheld);
	Blank(&edata->message);
	edata->message = replaced;
}

/* Take out of a log entry whatever may name a person. */
static void
Silence(ErrorData *edata)
{
	bool		own = IsOwnMessage(edata);

	edata->hide_stmt = true;
	edata->hide_ctx = true;
	Blank(&edata->context);
	Blank(&edata->internalquery);
	Blank(&edata->detail_log);
	if (own)
		return;
	Blank(&edata->detail);
	Blank(&edata->hint);
	if (edata->elevel >= ERROR)
		edata->hint = pstrdup(_("What the server says about it is withheld, since it may repeat a name. Check the arguments and their types."));
	ReplaceMessage(edata);
}

/* Hook: a log entry, or an error on its way to the client, is about to go. */
static void
SilenceLogEntry(ErrorData *edata)
{
	if (StatementIsSilent() || NamesSilentFunction(edata->message) ||
		NamesSilentFunction(edata->detail))
		Silence(edata);
	else if (silent_session)
	{
		edata->hide_stmt = true;
		if (PrintsStatement(edata))
			Silence(edata);
	}
	if (prev_emit_log)
		prev_emit_log(edata);
}

/*
 * Does this one statement name one of the functions?  Only its own part of the
 * source is looked at: in an extension's script that is one of thousands.
 */
static bool
StatementNamesSilentFunction(const char *source, const Query *query)
{
	char	   *own;
	bool		found;

	if (source == NULL || creating_extension)
		return false;
	if (query->stmt_location <= 0 && query->stmt_len <= 0)
		return NamesSilentFunction(source);
	source += Max(query->stmt_location, 0);
	own = query->stmt_len > 0 ? pnstrdup(source, (Size) query->stmt_len) : pstrdup(source);
	found = NamesSilentFunction(own);
	explicit_bzero(own, strlen(own));
	pfree(own);
	return found;
}

/*
 * Hook: a statement has been parsed.  Its query id is taken away, before and
 * after whoever else looks, so that pg_stat_statements leaves it out.
 */
static void
SilenceParsed(ParseState *pstate, Query *query, JumbleState *jstate)
{
	bool		silent = StatementNamesSilentFunction(pstate->p_sourcetext, query);

	if (silent)
	{
		MarkSilent();
		query->queryId = UINT64CONST(0);
		jstate = NULL;
	}
	if (prev_post_parse_analyze)
		prev_post_parse_analyze(pstate, query, jstate);
	if (silent)
		query->queryId = UINT64CONST(0);
}

/* Put the hooks in. */
void
pkint_silence_init(void)
{
	prev_emit_log = emit_log_hook;
	emit_log_hook = SilenceLogEntry;
	prev_post_parse_analyze = post_parse_analyze_hook;
	post_parse_analyze_hook = SilenceParsed;
}
