/*
 * parse.c
 *	  Labels and clearances as text: reading and writing.
 *
 * Plain C: no allocation, no error raised, no server.
 *
 *		label		LEVEL [//CAVEAT,...] [//REL ALL|NONE|UNIT,...] [//ORIG NONE|UNIT,...]
 *		clearance	LEVEL [//CAVEAT,...] //UNITS ALL|NONE|UNIT,...
 *
 * Read leniently (any case, blanks around the parts, French names of levels,
 * codes in any order), written in one way only.
 */
#include "src/label/grammar.h"

#include <string.h>

/* One section between double slashes, or one code: a piece of the input. */
typedef struct Piece
{
	const char *at;
	size_t		len;
} Piece;

/* The codes of a list as typed. */
typedef struct Draft
{
	const char *name;			/* "caveats", "REL" ... */
	bool		given;
	bool		all;
	bool		none;
	int			count;
	Piece		code[PKINT_CODES_TYPED];
} Draft;

typedef struct Parser
{
	PkintMarkingKind kind;
	const char *text;
	const char *end;
	PkintGrammarError *error;
	int			level;
	Draft		caveats;
	Draft		units;
	Draft		originators;
} Parser;

/* Letters of other scripts that look like plain ones. */
static const struct
{
	uint32_t	character;
	char		plain;
}			look_alikes[] = {
	{0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'},
	{0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'},
	{0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03BF, 'O'},
	{0x03F2, 'C'}, {0x03F9, 'C'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'},
	{0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'},
	{0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'},
	{0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'A'}, {0x0435, 'E'}, {0x043E, 'O'},
	{0x0440, 'P'}, {0x0441, 'C'}, {0x0443, 'Y'}, {0x0445, 'X'}, {0x0455, 'S'},
	{0x0456, 'I'}, {0x0458, 'J'}, {0x0501, 'D'}, {0x051B, 'Q'}, {0x051D, 'W'},
	{0x0555, 'O'}, {0x054D, 'U'}, {0x13A0, 'D'}, {0x13DE, 'L'}, {0x13D9, 'V'},
	{0x2160, 'I'}, {0x216D, 'C'}, {0x216E, 'D'}, {0x216F, 'M'}, {0x2010, '-'},
	{0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2212, '-'},
	{0x2044, '/'}, {0x2215, '/'}, {0xFF0F, '/'}, {0xFF0C, ','}, {0xFF0D, '-'},
	{0x201A, ','}, {0x060C, ','},
};

/* Names of levels; the first of each is how it is written. */
static const struct
{
	const char *name;
	int			level;
}			level_names[] = {
	{"UNCLASSIFIED", PKINT_UNCLASSIFIED},
	{"CONFIDENTIAL", PKINT_CONFIDENTIAL},
	{"STRICTLY CONFIDENTIAL", PKINT_STRICTLY_CONFIDENTIAL},
	{"U", PKINT_UNCLASSIFIED},
	{"C", PKINT_CONFIDENTIAL},
	{"SC", PKINT_STRICTLY_CONFIDENTIAL},
	{"NON CLASSIFIE", PKINT_UNCLASSIFIED},
	{"CONFIDENTIEL", PKINT_CONFIDENTIAL},
	{"STRICTEMENT CONFIDENTIEL", PKINT_STRICTLY_CONFIDENTIAL},
};

/* Markings of states: refused as a level, and as a caveat. */
static const char *const national_words[] = {
	"SECRET", "TOP SECRET", "RESTRICTED", "S", "TS", "R", "OFFICIAL",
	"OFFICIAL SENSITIVE", "OFFICIAL-SENSITIVE", "PROTECTED", "FOUO",
	"FOR OFFICIAL USE ONLY", "CUI", "NOFORN", "ORCON", "EYES ONLY",
	"SECRET DEFENSE", "TRES SECRET", "CONFIDENTIEL DEFENSE",
	"DIFFUSION RESTREINTE", "RESERVADO", "SECRETO", "VS-NFD", "GEHEIM",
};

/* Words that begin the markings of alliances. */
static const char *const alliance_words[] = {
	"NATO", "OTAN", "COSMIC", "ATOMAL", "EU", "UE", "FVEY", "FIVE EYES",
	"ISAF", "KFOR", "AU", "CSTO", "SCO",
};

/* Note what was wrong.  Always false, so that it can be returned. */
static bool
Refuse(Parser *parser, PkintGrammarCode code, Piece piece, const char *list)
{
	PkintGrammarError *error = parser->error;

	error->code = code;
	error->at = (size_t) (piece.at - parser->text);
	error->len = piece.len;
	error->list = list;
	return false;
}

static Piece
MakePiece(const char *at, const char *end)
{
	Piece		piece;

	piece.at = at;
	piece.len = (size_t) (end - at);
	return piece;
}

static inline bool
IsBlank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline char
Upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
}

/* A piece without the blanks around it. */
static Piece
Trim(Piece piece)
{
	while (piece.len > 0 && IsBlank(piece.at[0]))
	{
		piece.at++;
		piece.len--;
	}
	while (piece.len > 0 && IsBlank(piece.at[piece.len - 1]))
		piece.len--;
	return piece;
}

/* Is it this word, in whatever case? */
static bool
IsWord(Piece piece, const char *word)
{
	if (strlen(word) != piece.len)
		return false;
	for (size_t i = 0; i < piece.len; i++)
		if (Upper(piece.at[i]) != word[i])
			return false;
	return true;
}

/*
 * Decode a character of UTF-8 that is not ASCII.  What is badly formed counts
 * as one strange byte.
 */
static uint32_t
Decode(const char *at, const char *end, size_t *len)
{
	const unsigned char *s = (const unsigned char *) at;
	size_t		need = 0;
	uint32_t	c = s[0];

	*len = 1;
	if (c >= 0xc2 && c < 0xe0)
	{
		need = 1;
		c &= 0x1f;
	}
	else if (c >= 0xe0 && c < 0xf0)
	{
		need = 2;
		c &= 0x0f;
	}
	else if (c >= 0xf0 && c < 0xf5)
	{
		need = 3;
		c &= 0x07;
	}
	if (need == 0 || (size_t) (end - at) <= need)
		return s[0];
	for (size_t i = 1; i <= need; i++)
	{
		if ((s[i] & 0xc0) != 0x80)
			return s[0];
		c = (c << 6) | (s[i] & 0x3f);
	}
	*len = need + 1;
	return c;
}

/* The plain letter that a character resembles, or 0. */
static char
PlainOf(uint32_t c)
{
	if (c >= 0xff10 && c <= 0xff19)
		return (char) ('0' + (c - 0xff10));
	if (c >= 0xff21 && c <= 0xff3a)
		return (char) ('A' + (c - 0xff21));
	if (c >= 0xff41 && c <= 0xff5a)
		return (char) ('A' + (c - 0xff41));
	if (c >= 0x1d400 && c <= 0x1d6a3)
		return (char) ('A' + (c - 0x1d400) % 26);
	for (size_t i = 0; i < sizeof(look_alikes) / sizeof(look_alikes[0]); i++)
		if (look_alikes[i].character == c)
			return look_alikes[i].plain;
	return 0;
}

/* The accented letters of the French level names. */
static bool
IsFrenchE(uint32_t c, const char *at, const char *start)
{
	if (c == 0xe9 || c == 0xc9)
		return true;
	return c == 0x301 && at > start && Upper(at[-1]) == 'E';
}

/*
 * Refuse every character that has no place in a marking, before anything else
 * looks at the text: what follows can then think in ASCII, and a letter that
 * only looks right never makes a code of its own.
 */
static bool
CheckCharacters(Parser *parser)
{
	bool		in_level = true;
	size_t		len;

	for (const char *at = parser->text; at < parser->end; at += len)
	{
		uint32_t	c = (unsigned char) *at;

		len = 1;
		if (c == '/')
			in_level = false;
		if ((c >= 0x20 && c < 0x7f) || IsBlank((char) c))
			continue;
		if (c >= 0x80)
			c = Decode(at, parser->end, &len);
		if (in_level && IsFrenchE(c, at, parser->text))
			continue;
		parser->error->character = c;
		parser->error->plain = c >= 0x80 ? PlainOf(c) : 0;
		return Refuse(parser, parser->error->plain != 0 ?
					  PKINT_GRAMMAR_LOOK_ALIKE : PKINT_GRAMMAR_CHARACTER,
					  MakePiece(at, at + len), NULL);
	}
	return true;
}

/* Upper case, single blanks, no accents; returns the length or 0 if too long. */
static size_t
FoldLevel(Piece piece, char *out, size_t size)
{
	size_t		used = 0;
	size_t		len;

	for (size_t i = 0; i < piece.len; i += len)
	{
		char		c = piece.at[i];
		uint32_t	wide;

		len = 1;
		if ((unsigned char) c >= 0x80)
		{
			wide = Decode(piece.at + i, piece.at + piece.len, &len);
			if (wide == 0x301)
				continue;
			c = wide == 0xe9 || wide == 0xc9 ? 'E' : '?';
		}
		if (IsBlank(c) && used > 0 && out[used - 1] == ' ')
			continue;
		if (used + 1 >= size)
			return 0;
		out[used++] = IsBlank(c) ? ' ' : Upper(c);
	}
	out[used] = '\0';
	return used;
}

/* Which error does a word deserve that is no level? */
static PkintGrammarCode
ClassifyLevel(const char *folded)
{
	size_t		len;

	if (strncmp(folded, "UN ", 3) == 0)
		folded += 3;
	if (strncmp(folded, "TLP", 3) == 0)
		return PKINT_GRAMMAR_TLP;
	for (size_t i = 0; i < sizeof(national_words) / sizeof(national_words[0]); i++)
		if (strcmp(folded, national_words[i]) == 0)
			return PKINT_GRAMMAR_NATIONAL;
	for (size_t i = 0; i < sizeof(alliance_words) / sizeof(alliance_words[0]); i++)
	{
		len = strlen(alliance_words[i]);
		if (strncmp(folded, alliance_words[i], len) == 0 &&
			(folded[len] == '\0' || folded[len] == ' ' || folded[len] == '-'))
			return PKINT_GRAMMAR_ALLIANCE;
	}
	return PKINT_GRAMMAR_UNKNOWN_LEVEL;
}

/* Find a level by any of its names; folded as by FoldLevel(). */
static bool
FindLevel(const char *folded, int *level)
{
	if (strncmp(folded, "UN ", 3) == 0)
		folded += 3;
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
		if (strcmp(folded, level_names[i].name) == 0)
		{
			*level = level_names[i].level;
			return true;
		}
	return false;
}

/* A level alone, by any of its names. */
bool
pkint_level_parse(const char *text, size_t len, int *level)
{
	char		folded[64];
	Piece		piece = {text, len};

	return FoldLevel(Trim(piece), folded, sizeof(folded)) > 0 &&
		FindLevel(folded, level);
}

/* How a level is written. */
const char *
pkint_level_name(int level)
{
	return level_names[level >= 0 && level <= 2 ? level : 2].name;
}

/* The first section. */
static bool
ParseLevel(Parser *parser, Piece piece)
{
	char		folded[64];
	PkintGrammarCode code = PKINT_GRAMMAR_UNKNOWN_LEVEL;

	if (piece.len == 0)
		return Refuse(parser, PKINT_GRAMMAR_NO_LEVEL, piece, NULL);
	if (FoldLevel(piece, folded, sizeof(folded)) > 0)
	{
		if (FindLevel(folded, &parser->level))
			return true;
		code = ClassifyLevel(folded);
		if (strncmp(folded, "REL ", 4) == 0 || strncmp(folded, "ORIG ", 5) == 0 ||
			strncmp(folded, "UNITS ", 6) == 0)
			code = PKINT_GRAMMAR_NO_LEVEL;
	}
	return Refuse(parser, code, piece, NULL);
}

/* Is this caveat a national marking? */
static bool
IsNationalCaveat(Piece piece)
{
	static const char *const words[] = {
		"SECRET", "NOFORN", "ORCON", "FOUO", "CUI", "NATO", "OTAN", "COSMIC",
		"ATOMAL", "FVEY", "TLP",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (IsWord(piece, words[i]))
			return true;
	return false;
}

/* One code of a list. */
static bool
AddCode(Parser *parser, Draft *draft, Piece piece)
{
	char		folded[PKINT_CODE_MAX];

	if (piece.len == 0)
		return Refuse(parser, PKINT_GRAMMAR_EMPTY_CODE, piece, draft->name);
	if (piece.len > PKINT_CODE_MAX)
		return Refuse(parser, PKINT_GRAMMAR_CODE_TOO_LONG, piece, draft->name);
	for (size_t i = 0; i < piece.len; i++)
		folded[i] = Upper(piece.at[i]);
	if (!pkint_code_valid(folded, piece.len))
		return Refuse(parser, PKINT_GRAMMAR_BAD_CODE, piece, draft->name);
	if (pkint_code_reserved(folded, piece.len))
		return Refuse(parser, PKINT_GRAMMAR_RESERVED, piece, draft->name);
	if (draft == &parser->caveats && IsNationalCaveat(piece))
		return Refuse(parser, PKINT_GRAMMAR_NATIONAL_CAVEAT, piece, draft->name);
	if (draft->count >= PKINT_CODES_TYPED)
		return Refuse(parser, PKINT_GRAMMAR_TOO_MANY, piece, draft->name);
	draft->code[draft->count++] = piece;
	return true;
}

/* ALL, NONE or codes separated by commas. */
static bool
ParseList(Parser *parser, Draft *draft, Piece piece)
{
	const char *at = piece.at;
	const char *end = piece.at + piece.len;
	bool		single = memchr(piece.at, ',', piece.len) == NULL;

	draft->given = true;
	if (piece.len == 0)
		return Refuse(parser, PKINT_GRAMMAR_EMPTY_LIST, piece, draft->name);
	for (;;)
	{
		const char *comma = memchr(at, ',', (size_t) (end - at));
		Piece		code = Trim(MakePiece(at, comma != NULL ? comma : end));
		bool		is_all = IsWord(code, "ALL");
		bool		is_none = IsWord(code, "NONE");

		if (draft != &parser->caveats && (is_all || is_none))
		{
			if (!single)
				return Refuse(parser, PKINT_GRAMMAR_NOT_ALONE, code, draft->name);
			if (is_all && draft == &parser->originators)
				return Refuse(parser, PKINT_GRAMMAR_ORIG_ALL, code, draft->name);
			draft->all = is_all;
			draft->none = is_none;
			return true;
		}
		if (!AddCode(parser, draft, code))
			return false;
		if (comma == NULL)
			return true;
		at = comma + 1;
	}
}

/* Does a section begin with this word?  Then step behind it. */
static bool
TakeKeyword(Piece *piece, const char *word)
{
	Piece		rest = *piece;
	size_t		len = strlen(word);

	if (piece->len < len || !IsWord(MakePiece(piece->at, piece->at + len), word))
		return false;
	if (piece->len > len && !IsBlank(piece->at[len]))
		return false;
	rest.at += len;
	rest.len -= len;
	*piece = Trim(rest);
	return true;
}

/* A list that its keyword announced. */
static bool
ParseKeywordList(Parser *parser, Draft *draft, Piece section, Piece list)
{
	if (draft->given)
		return Refuse(parser, PKINT_GRAMMAR_TWICE, section, draft->name);
	if (draft == &parser->units && parser->originators.given)
		return Refuse(parser, PKINT_GRAMMAR_ORDER, section, draft->name);
	return ParseList(parser, draft, list);
}

/* Any section but the first. */
static bool
ParseSection(Parser *parser, Piece section)
{
	Piece		rest = section;
	bool		is_label = parser->kind == PKINT_LABEL;

	if (section.len == 0)
		return Refuse(parser, PKINT_GRAMMAR_EMPTY_SECTION, section, NULL);
	if (TakeKeyword(&rest, "UNITS"))
		return is_label ?
			Refuse(parser, PKINT_GRAMMAR_IS_CLEARANCE, section, "UNITS") :
			ParseKeywordList(parser, &parser->units, section, rest);
	if (TakeKeyword(&rest, "REL"))
		return is_label ?
			ParseKeywordList(parser, &parser->units, section, rest) :
			Refuse(parser, PKINT_GRAMMAR_IS_LABEL, section, "REL");
	if (TakeKeyword(&rest, "ORIG"))
		return is_label ?
			ParseKeywordList(parser, &parser->originators, section, rest) :
			Refuse(parser, PKINT_GRAMMAR_IS_LABEL, section, "ORIG");
	if (parser->caveats.given)
		return Refuse(parser, PKINT_GRAMMAR_TWICE, section, "caveats");
	if (parser->units.given || parser->originators.given)
		return Refuse(parser, PKINT_GRAMMAR_ORDER, section, "caveats");
	return ParseList(parser, &parser->caveats, section);
}

/* Go through the sections. */
static bool
ParseSections(Parser *parser)
{
	const char *at = parser->text;
	bool		first = true;

	for (;;)
	{
		const char *stop = at;
		Piece		section;

		while (stop + 1 < parser->end && !(stop[0] == '/' && stop[1] == '/'))
			stop++;
		if (stop + 1 >= parser->end)
			stop = parser->end;
		section = Trim(MakePiece(at, stop));
		if (first ? !ParseLevel(parser, section) : !ParseSection(parser, section))
			return false;
		if (stop == parser->end)
			return true;
		first = false;
		at = stop + 2;
	}
}

/* REL left out means the originators; both left out is an error. */
static bool
CompleteAudience(Parser *parser)
{
	Piece		whole = MakePiece(parser->text, parser->end);

	if (parser->units.given)
		return true;
	if (parser->kind == PKINT_CLEARANCE)
		return Refuse(parser, PKINT_GRAMMAR_NO_UNITS, whole, "UNITS");
	if (!parser->originators.given || parser->originators.none)
		return Refuse(parser, PKINT_GRAMMAR_NO_AUDIENCE, whole, "REL");
	parser->units.count = parser->originators.count;
	memcpy(parser->units.code, parser->originators.code,
		   sizeof(Piece) * (size_t) parser->originators.count);
	return true;
}

/* Order of two codes as typed, their case aside. */
static int
ComparePieces(const Piece *a, const Piece *b)
{
	size_t		common = a->len < b->len ? a->len : b->len;

	for (size_t i = 0; i < common; i++)
	{
		int			order = Upper(a->at[i]) - Upper(b->at[i]);

		if (order != 0)
			return order;
	}
	return a->len == b->len ? 0 : (a->len < b->len ? -1 : 1);
}

/* Sort a draft, drop repetitions, and write its codes as a list. */
static PkintCodes
FinishCodes(Draft *draft, char *buf)
{
	PkintCodes	codes;
	const Piece *previous = NULL;

	for (int i = 1; i < draft->count; i++)
	{
		Piece		moved = draft->code[i];
		int			j = i;

		for (; j > 0 && ComparePieces(&draft->code[j - 1], &moved) > 0; j--)
			draft->code[j] = draft->code[j - 1];
		draft->code[j] = moved;
	}

	codes.at = buf;
	codes.size = 0;
	codes.count = 0;
	codes.all = draft->all;
	for (int i = 0; i < draft->count; i++)
	{
		const Piece *code = &draft->code[i];

		if (previous != NULL && ComparePieces(previous, code) == 0)
			continue;
		for (size_t k = 0; k < code->len; k++)
			buf[codes.size++] = Upper(code->at[k]);
		buf[codes.size++] = '\0';
		codes.count++;
		previous = code;
	}
	return codes;
}

/* Parse a label or a clearance into its body. */
bool
pkint_marking_parse(PkintMarkingKind kind, const char *text, size_t len,
					uint8_t *body, size_t *body_len, PkintGrammarError *error)
{
	static const char mission_text[] = "MISSION";
	char		buf[3][PKINT_CODES_TYPED * (PKINT_CODE_MAX + 1)];
	Parser		parser;
	PkintMarking marking;
	Piece		whole = {text, len};

	memset(error, 0, sizeof(*error));
	error->kind = kind;
	parser.kind = kind;
	parser.text = text;
	parser.end = text + len;
	parser.error = error;
	parser.level = PKINT_UNCLASSIFIED;
	memset(&parser.caveats, 0, offsetof(Draft, code));
	memset(&parser.units, 0, offsetof(Draft, code));
	memset(&parser.originators, 0, offsetof(Draft, code));
	parser.caveats.name = "caveats";
	parser.units.name = kind == PKINT_LABEL ? "REL" : "UNITS";
	parser.originators.name = "ORIG";

	if (len > PKINT_MARKING_TEXT_MAX)
		return Refuse(&parser, PKINT_GRAMMAR_TEXT_TOO_LONG, whole, NULL);
	if (!CheckCharacters(&parser))
		return false;
	if (Trim(whole).len == 0)
		return Refuse(&parser, PKINT_GRAMMAR_EMPTY, whole, NULL);
	if (!ParseSections(&parser) || !CompleteAudience(&parser))
		return false;

	marking.level = parser.level;
	marking.caveats = FinishCodes(&parser.caveats, buf[0]);
	marking.units = FinishCodes(&parser.units, buf[1]);
	marking.originators = FinishCodes(&parser.originators, buf[2]);
	if (kind == PKINT_LABEL && !parser.originators.given)
	{
		marking.originators.at = mission_text;
		marking.originators.size = sizeof(mission_text);
		marking.originators.count = 1;
	}
	*body_len = pkint_marking_size(kind, &marking);
	pkint_marking_pack(kind, &marking, body);
	return true;
}

/* Collects text, counting what does not fit. */
typedef struct Writer
{
	char	   *text;
	size_t		size;
	size_t		used;
} Writer;

static void
Put(Writer *writer, const char *what, size_t len)
{
	if (writer->used + len <= writer->size)
		memcpy(writer->text + writer->used, what, len);
	writer->used += len;
}

static void
PutString(Writer *writer, const char *what)
{
	Put(writer, what, strlen(what));
}

/* ALL, NONE, or the codes with commas between. */
static void
PutList(Writer *writer, const PkintCodes *codes)
{
	const char *end = codes->at + codes->size;

	if (codes->all || codes->count == 0)
	{
		PutString(writer, codes->all ? "ALL" : "NONE");
		return;
	}
	for (const char *code = codes->at; code < end; code += strlen(code) + 1)
	{
		if (code != codes->at)
			Put(writer, ",", 1);
		PutString(writer, code);
	}
}

/* Write a marking in its canonical form; returns the length it takes. */
size_t
pkint_marking_format(PkintMarkingKind kind, const PkintMarking *marking,
					 char *text, size_t size)
{
	Writer		writer = {text, size, 0};

	PutString(&writer, pkint_level_name(marking->level));
	if (marking->caveats.count > 0)
	{
		PutString(&writer, "//");
		PutList(&writer, &marking->caveats);
	}
	PutString(&writer, kind == PKINT_LABEL ? "//REL " : "//UNITS ");
	PutList(&writer, &marking->units);
	if (kind == PKINT_LABEL &&
		!(marking->originators.count == 1 &&
		  strcmp(marking->originators.at, "MISSION") == 0))
	{
		PutString(&writer, "//ORIG ");
		PutList(&writer, &marking->originators);
	}
	return writer.used;
}
