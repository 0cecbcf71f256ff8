/*
 * explain.c
 *	  What was wrong with a label or a clearance, and what would be right.
 *
 * Plain C, so that the client says the same as the server.  The message names
 * the offending piece of the caller's own input and nothing else.
 */
#include "src/label/grammar.h"

#include "src/core/words.h"

#include <stdio.h>
#include <string.h>

#define QUOTED 48				/* bytes of input that a message repeats */
#define LABEL_EXAMPLE "CONFIDENTIAL//REL JMAC,U2//ORIG JMAC"
#define CLEARANCE_EXAMPLE "CONFIDENTIAL//CRSV//UNITS JMAC"
#define LEVELS_HINT \
	gettext_noop("The levels are UNCLASSIFIED, CONFIDENTIAL and STRICTLY CONFIDENTIAL.")

/* What the messages are put together from. */
typedef struct Explanation
{
	const PkintGrammarError *error;
	const char *kind;			/* "label" or "clearance", in the reader's words */
	const char *example;
	const char *list;			/* "caveats", "REL" ... */
	char		piece[QUOTED + 4];	/* the offending piece, shortened */
} Explanation;

/* Copy the offending piece; cut between characters, never within one. */
static void
QuotePiece(Explanation *ex, const char *text, size_t len)
{
	size_t		at = ex->error->at < len ? ex->error->at : len;
	size_t		n = ex->error->len < len - at ? ex->error->len : len - at;
	bool		cut = n > QUOTED;

	if (cut)
	{
		n = QUOTED;
		while (n > 0 && ((unsigned char) text[at + n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(ex->piece, text + at, n);
	strcpy(ex->piece + n, cut ? "..." : "");
}

/* Is the list that of the caveats, which has no word of the grammar? */
static bool
IsCaveats(const Explanation *ex)
{
	return strcmp(ex->list, "caveats") == 0;
}

/* The list in the reader's words: a word of the grammar, the caveats, or it. */
static const char *
ListWords(const Explanation *ex)
{
	return IsCaveats(ex) ? _("caveats") : strcmp(ex->list, "it") == 0 ? _("it") : ex->list;
}

/* Errors of a single character or of the text as a whole. */
static bool
ExplainText(const Explanation *ex, char *message, size_t msize,
			char *hint, size_t hsize)
{
	const PkintGrammarError *error = ex->error;

	switch ((int) error->code)
	{
		case PKINT_GRAMMAR_EMPTY:
			snprintf(message, msize, _("%s is empty"), ex->kind);
			snprintf(hint, hsize, _("Write for example \"%s\"."), ex->example);
			return true;
		case PKINT_GRAMMAR_TEXT_TOO_LONG:
			snprintf(message, msize, _("%s is %zu bytes long, more than the %d that are allowed"),
					 ex->kind, error->len, PKINT_MARKING_TEXT_MAX);
			snprintf(hint, hsize, _("Give at most %d caveats, %d units and %d originators."),
					 PKINT_CODES_TYPED, PKINT_CODES_TYPED, PKINT_CODES_TYPED);
			return true;
		case PKINT_GRAMMAR_LOOK_ALIKE:
			snprintf(message, msize, _("character U+%04X in a %s looks like \"%c\" but is another"),
					 (unsigned) error->character, ex->kind, error->plain);
			snprintf(hint, hsize, _("Type the %s again with plain letters A to Z, digits, comma, slash and hyphen."), ex->kind);
			return true;
		case PKINT_GRAMMAR_CHARACTER:
			snprintf(message, msize, _("character U+%04X cannot stand in a %s"),
					 (unsigned) error->character, ex->kind);
			snprintf(hint, hsize, _("Codes are made of letters A to Z, digits, underscore and hyphen."));
			return true;
		default:
			return false;
	}
}

/* Errors of the level. */
static bool
ExplainLevel(const Explanation *ex, char *message, size_t msize,
			 char *hint, size_t hsize)
{
	switch ((int) ex->error->code)
	{
		case PKINT_GRAMMAR_NO_LEVEL:
			snprintf(message, msize, _("%s does not begin with a level"), ex->kind);
			snprintf(hint, hsize, _("Begin with UNCLASSIFIED, CONFIDENTIAL or STRICTLY CONFIDENTIAL, as in \"%s\"."), ex->example);
			return true;
		case PKINT_GRAMMAR_UNKNOWN_LEVEL:
			snprintf(message, msize, _("unknown level \"%s\""), ex->piece);
			snprintf(hint, hsize, "%s", _(LEVELS_HINT));
			return true;
		case PKINT_GRAMMAR_NATIONAL:
			snprintf(message, msize, _("\"%s\" is a national marking, not a level of the United Nations"), ex->piece);
			snprintf(hint, hsize, _("%s Keep out what a state has classified, or ask it under which of these it released the information to the mission."), _(LEVELS_HINT));
			return true;
		case PKINT_GRAMMAR_ALLIANCE:
			snprintf(message, msize, _("\"%s\" is a marking of an alliance or another organization, not a level of the United Nations"), ex->piece);
			snprintf(hint, hsize, _("%s Ask whoever marked it under which of these it was released to the mission."), _(LEVELS_HINT));
			return true;
		case PKINT_GRAMMAR_TLP:
			snprintf(message, msize, _("\"%s\" is a traffic-light word, which says who may be told and not how secret it is"), ex->piece);
			snprintf(hint, hsize, _("%s Say who may read it with REL, as in \"%s\"."), _(LEVELS_HINT), LABEL_EXAMPLE);
			return true;
		case PKINT_GRAMMAR_NATIONAL_CAVEAT:
			snprintf(message, msize, _("\"%s\" is a national or alliance marking, not a caveat of the mission"), ex->piece);
			snprintf(hint, hsize, _("Say who may read it with REL, as in \"%s\"."), LABEL_EXAMPLE);
			return true;
		default:
			return false;
	}
}

/* Errors of which sections there are. */
static bool
ExplainSections(const Explanation *ex, char *message, size_t msize,
				char *hint, size_t hsize)
{
	switch ((int) ex->error->code)
	{
		case PKINT_GRAMMAR_IS_CLEARANCE:
			snprintf(message, msize, _("a clearance stands where a label belongs"));
			snprintf(hint, hsize, _("UNITS belongs to a clearance: cast it with ::pkint.clearance, or write REL for the audience of a label."));
			return true;
		case PKINT_GRAMMAR_IS_LABEL:
			snprintf(message, msize, _("a label stands where a clearance belongs"));
			snprintf(hint, hsize, _("%s belongs to a label: cast it with ::pkint.label, or write UNITS for the units of a clearance."), ListWords(ex));
			return true;
		case PKINT_GRAMMAR_NO_AUDIENCE:
			snprintf(message, msize, _("label does not say who may read it"));
			snprintf(hint, hsize, _("Add the audience, as in \"%s\", or //REL ALL for everybody with a clearance; with //ORIG UNIT alone, that unit is the audience."), LABEL_EXAMPLE);
			return true;
		case PKINT_GRAMMAR_NO_UNITS:
			snprintf(message, msize, _("clearance does not say to which units its holder belongs"));
			snprintf(hint, hsize, _("Add the units, as in \"%s\", or //UNITS NONE."), CLEARANCE_EXAMPLE);
			return true;
		case PKINT_GRAMMAR_EMPTY_SECTION:
			snprintf(message, msize, _("nothing stands between or behind the slashes of a %s"), ex->kind);
			snprintf(hint, hsize, _("Leave out the double slash, or write what belongs there, as in \"%s\"."), ex->example);
			return true;
		case PKINT_GRAMMAR_TWICE:
			snprintf(message, msize, IsCaveats(ex) ? _("%s are given twice") : _("%s is given twice"), ListWords(ex));
			snprintf(hint, hsize, _("Write one list, its codes separated by commas, as in \"%s\"."), ex->example);
			return true;
		case PKINT_GRAMMAR_ORDER:
			snprintf(message, msize, IsCaveats(ex) ? _("%s stand in the wrong place") : _("%s stands in the wrong place"), ListWords(ex));
			snprintf(hint, hsize, ex->error->kind == PKINT_LABEL ?
					 _("The order is level, caveats, REL, ORIG.") : _("The order is level, caveats, UNITS."));
			return true;
		default:
			return false;
	}
}

/* Errors within a list of codes. */
static bool
ExplainCodes(const Explanation *ex, char *message, size_t msize,
			 char *hint, size_t hsize)
{
	const char *code_hint =
		gettext_noop("A code begins with a letter or digit, goes on with letters, digits, underscore or hyphen, and has at most 31 characters.");

	switch ((int) ex->error->code)
	{
		case PKINT_GRAMMAR_EMPTY_LIST:
			snprintf(message, msize, _("%s names nobody"), ListWords(ex));
			if (strcmp(ex->list, "ORIG") == 0)
				snprintf(hint, hsize, _("List the units, or write ORIG NONE if it is meant to be nobody."));
			else if (strcmp(ex->list, "UNITS") == 0)
				snprintf(hint, hsize, _("List the units, or write UNITS ALL for all of them, or UNITS NONE if it is meant to be nobody."));
			else
				snprintf(hint, hsize, _("List the units, or write REL ALL for everybody, or %s NONE if it is meant to be nobody."), ListWords(ex));
			return true;
		case PKINT_GRAMMAR_EMPTY_CODE:
			snprintf(message, msize, _("a code is missing beside a comma in %s"), ListWords(ex));
			snprintf(hint, hsize, _("Write the codes with one comma between each two of them."));
			return true;
		case PKINT_GRAMMAR_RESERVED:
			snprintf(message, msize, _("\"%s\" cannot be a code in %s, since it is a word of the grammar"),
					 ex->piece, ListWords(ex));
			snprintf(hint, hsize, _("ALL, NONE, REL, ORIG and UNITS have their own meaning; the order is as in \"%s\"."), ex->example);
			return true;
		case PKINT_GRAMMAR_NOT_ALONE:
			snprintf(message, msize, _("\"%s\" must stand alone in %s"), ex->piece, ListWords(ex));
			snprintf(hint, hsize, _("Write either %s alone or a list of codes."), ex->piece);
			return true;
		case PKINT_GRAMMAR_ORIG_ALL:
			snprintf(message, msize, _("ORIG cannot be ALL"));
			snprintf(hint, hsize, _("Name the units that control the information, or MISSION, or UN."));
			return true;
		case PKINT_GRAMMAR_BAD_CODE:
			snprintf(message, msize, _("\"%s\" cannot be a code in %s"), ex->piece, ListWords(ex));
			snprintf(hint, hsize, _("%s Codes are separated by commas."), _(code_hint));
			return true;
		case PKINT_GRAMMAR_CODE_TOO_LONG:
			snprintf(message, msize, _("code \"%s\" in %s is longer than %d characters"),
					 ex->piece, ListWords(ex), PKINT_CODE_MAX);
			snprintf(hint, hsize, "%s", _(code_hint));
			return true;
		case PKINT_GRAMMAR_TOO_MANY:
			snprintf(message, msize, _("more than %d codes in %s"), PKINT_CODES_TYPED, ListWords(ex));
			snprintf(hint, hsize, _("Give at most %d; a unit that stands for several, or a higher level, may say the same."), PKINT_CODES_TYPED);
			return true;
		default:
			return false;
	}
}

/* Errors of the binary form. */
static bool
ExplainBinary(const Explanation *ex, char *message, size_t msize,
			  char *hint, size_t hsize)
{
	const PkintGrammarError *error = ex->error;
	const char *form_hint = gettext_noop("Send it as text, or as pkint's own send function writes it.");

	snprintf(hint, hsize, "%s", _(form_hint));
	switch ((int) error->code)
	{
		case PKINT_GRAMMAR_TRUNCATED:
			snprintf(message, msize, _("binary %s ends too early, after %zu bytes"), ex->kind, error->at);
			return true;
		case PKINT_GRAMMAR_TRAILING:
			snprintf(message, msize, _("binary %s goes on after its end at byte %zu"), ex->kind, error->at);
			return true;
		case PKINT_GRAMMAR_VERSION:
			snprintf(message, msize, _("binary %s has an unknown version"), ex->kind);
			return true;
		case PKINT_GRAMMAR_WRONG_KIND:
			snprintf(message, msize, _("binary value is not a %s"), ex->kind);
			snprintf(hint, hsize, _("A label and a clearance are different types: send it as pkint.%s."),
					 error->kind == PKINT_LABEL ? "clearance" : "label");
			return true;
		case PKINT_GRAMMAR_FLAGS:
			snprintf(message, msize, _("binary %s contradicts itself in its first byte"), ex->kind);
			return true;
		case PKINT_GRAMMAR_UNSORTED:
			snprintf(message, msize, _("codes in %s of a binary %s are not sorted and unique"), ListWords(ex), ex->kind);
			return true;
		case PKINT_GRAMMAR_NOT_CANONICAL:
			snprintf(message, msize, _("%s of a binary %s could be written more shortly"), ListWords(ex), ex->kind);
			return true;
		case PKINT_GRAMMAR_BAD_CODE:
		case PKINT_GRAMMAR_RESERVED:
		case PKINT_GRAMMAR_CODE_TOO_LONG:
			snprintf(message, msize, _("binary %s has a wrong code in %s at byte %zu"), ex->kind, ListWords(ex), error->at);
			return true;
		case PKINT_GRAMMAR_TOO_MANY:
			snprintf(message, msize, _("binary %s has more than %d codes in %s"), ex->kind, PKINT_CODES_MAX, ListWords(ex));
			return true;
		default:
			return false;
	}
}

/* Write a message and a hint.  "text" is NULL for the binary form. */
void
pkint_grammar_explain(const PkintGrammarError *error,
					  const char *text, size_t len,
					  char *message, size_t message_size,
					  char *hint, size_t hint_size)
{
	Explanation ex;

	ex.error = error;
	ex.kind = error->kind == PKINT_LABEL ? _("label") : _("clearance");
	ex.example = error->kind == PKINT_LABEL ? LABEL_EXAMPLE : CLEARANCE_EXAMPLE;
	ex.list = error->list != NULL ? error->list : "it";
	ex.piece[0] = '\0';
	if (text == NULL)
	{
		if (ExplainBinary(&ex, message, message_size, hint, hint_size))
			return;
	}
	else
	{
		QuotePiece(&ex, text, len);
		if (ExplainText(&ex, message, message_size, hint, hint_size) ||
			ExplainLevel(&ex, message, message_size, hint, hint_size) ||
			ExplainSections(&ex, message, message_size, hint, hint_size) ||
			ExplainCodes(&ex, message, message_size, hint, hint_size))
			return;
	}
	snprintf(message, message_size, _("malformed %s"), ex.kind);
	snprintf(hint, hint_size, _("Write it as in \"%s\"."), ex.example);
}
