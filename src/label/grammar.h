/*
 * grammar.h
 *	  Markings (labels and clearances) as text and as bytes, in plain C.
 *
 * Nothing here allocates, raises or knows the server: the same code is run by
 * the types' input functions, by the fuzz target and by the client.
 *
 * A marking is packed into a body, which is what lies on disk behind the
 * varlena header:
 *
 *		flags		1 byte, see PKINT_BODY_* below
 *		counts		of the caveats, the audience, the originators, each only
 *					where the flags say that there is a list: one byte below
 *					128, else two, the higher first and with its top bit set
 *		codes		of the same lists in the same order, each ended by a zero
 *					byte, sorted and unique within its list
 *
 * There is one body for one marking, so equality is that of bytes.  A
 * clearance has the same body; its units stand where a label has its audience,
 * and it has no originators.
 */
#ifndef PKINT_GRAMMAR_H
#define PKINT_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKINT_UNCLASSIFIED 0
#define PKINT_CONFIDENTIAL 1
#define PKINT_STRICTLY_CONFIDENTIAL 2

/* longest code, in bytes; most codes of a kind, as typed and as computed */
#define PKINT_CODE_MAX 31
#define PKINT_CODES_TYPED 64
#define PKINT_CODES_MAX 4096

/* longest text that the parser looks at, and longest body it can make of it */
#define PKINT_MARKING_TEXT_MAX 16384
#define PKINT_BODY_TYPED_MAX (8 + 3 * PKINT_CODES_TYPED * (PKINT_CODE_MAX + 1))

/* flags of a body */
#define PKINT_BODY_LEVEL 0x03
#define PKINT_BODY_ALL 0x04		/* REL ALL, UNITS ALL */
#define PKINT_BODY_UNITS 0x08	/* a list of units; neither: NONE */
#define PKINT_BODY_ORIG 0x10	/* a list of originators */
#define PKINT_BODY_ORIG_NONE 0x20	/* no originator; neither: MISSION alone */
#define PKINT_BODY_CAVEATS 0x40 /* a list of caveats */
#define PKINT_BODY_SPARE 0x80	/* never set in a value */

typedef enum PkintMarkingKind
{
	PKINT_LABEL,
	PKINT_CLEARANCE
} PkintMarkingKind;

/* A sorted list of codes, each ended by a zero byte; all of them if "all". */
typedef struct PkintCodes
{
	const char *at;
	size_t		size;			/* bytes, zero bytes included */
	int			count;
	bool		all;
} PkintCodes;

/* A marking taken apart; the codes lie in the body it was read from. */
typedef struct PkintMarking
{
	int			level;
	PkintCodes	caveats;
	PkintCodes	units;			/* audience of a label, units of a clearance */
	PkintCodes	originators;	/* of a label */
} PkintMarking;

typedef enum PkintGrammarCode
{
	PKINT_GRAMMAR_OK = 0,
	PKINT_GRAMMAR_EMPTY,
	PKINT_GRAMMAR_TEXT_TOO_LONG,
	PKINT_GRAMMAR_LOOK_ALIKE,
	PKINT_GRAMMAR_CHARACTER,
	PKINT_GRAMMAR_NO_LEVEL,
	PKINT_GRAMMAR_UNKNOWN_LEVEL,
	PKINT_GRAMMAR_NATIONAL,
	PKINT_GRAMMAR_ALLIANCE,
	PKINT_GRAMMAR_TLP,
	PKINT_GRAMMAR_NATIONAL_CAVEAT,
	PKINT_GRAMMAR_IS_CLEARANCE,
	PKINT_GRAMMAR_IS_LABEL,
	PKINT_GRAMMAR_NO_AUDIENCE,
	PKINT_GRAMMAR_NO_UNITS,
	PKINT_GRAMMAR_EMPTY_SECTION,
	PKINT_GRAMMAR_EMPTY_LIST,
	PKINT_GRAMMAR_EMPTY_CODE,
	PKINT_GRAMMAR_RESERVED,
	PKINT_GRAMMAR_NOT_ALONE,
	PKINT_GRAMMAR_ORIG_ALL,
	PKINT_GRAMMAR_TWICE,
	PKINT_GRAMMAR_ORDER,
	PKINT_GRAMMAR_BAD_CODE,
	PKINT_GRAMMAR_CODE_TOO_LONG,
	PKINT_GRAMMAR_TOO_MANY,
	/* of the binary form only */
	PKINT_GRAMMAR_TRUNCATED,
	PKINT_GRAMMAR_TRAILING,
	PKINT_GRAMMAR_VERSION,
	PKINT_GRAMMAR_WRONG_KIND,
	PKINT_GRAMMAR_FLAGS,
	PKINT_GRAMMAR_UNSORTED,
	PKINT_GRAMMAR_NOT_CANONICAL,
	PKINT_GRAMMAR_CODES		/* how many there are */
} PkintGrammarCode;

/* What was wrong, and where in the input: a byte offset and a length. */
typedef struct PkintGrammarError
{
	PkintGrammarCode code;
	PkintMarkingKind kind;
	size_t		at;
	size_t		len;
	uint32_t	character;		/* LOOK_ALIKE, CHARACTER: the code point */
	char		plain;			/* LOOK_ALIKE: the letter that it resembles */
	const char *list;			/* "caveats", "REL" ...: in which list */
} PkintGrammarError;

/* text to body; "body" has room for PKINT_BODY_TYPED_MAX bytes */
extern bool pkint_marking_parse(PkintMarkingKind kind, const char *text,
								size_t len, uint8_t *body, size_t *body_len,
								PkintGrammarError *error);

/* body to text; returns the length, writes at most "size" bytes, no zero byte */
extern size_t pkint_marking_format(PkintMarkingKind kind,
								   const PkintMarking *marking,
								   char *text, size_t size);

/* room for a message or a hint, in the most wordy of languages */
#define PKINT_EXPLAIN_MAX 1024

/* a sentence and a hint for an error, both ended by a zero byte */
extern void pkint_grammar_explain(const PkintGrammarError *error,
								  const char *text, size_t len,
								  char *message, size_t message_size,
								  char *hint, size_t hint_size);

/* body taken apart; false if it is no body (nothing is read past its end) */
extern bool pkint_marking_open(const void *body, size_t len,
							   PkintMarking *marking);

/* the same, checking everything, for bytes that a stranger sent */
extern bool pkint_marking_check(PkintMarkingKind kind, const void *body,
								size_t len, PkintGrammarError *error);

/* body put together; size first, then the bytes */
extern size_t pkint_marking_size(PkintMarkingKind kind,
								 const PkintMarking *marking);
extern void pkint_marking_pack(PkintMarkingKind kind,
							   const PkintMarking *marking, uint8_t *body);

extern const char *pkint_level_name(int level);
extern bool pkint_level_parse(const char *text, size_t len, int *level);
extern bool pkint_code_valid(const char *code, size_t len);
extern bool pkint_code_reserved(const char *code, size_t len);

/* how far one code is from another, and whether it may have been meant */
extern int	pkint_code_distance(const char *a, const char *b);
extern bool pkint_code_is_near(const char *typed, const char *known);

/* sets of codes; results are written to "buf", which must have room for both */
extern bool pkint_codes_subset(const PkintCodes *a, const PkintCodes *b);
extern bool pkint_codes_overlap(const PkintCodes *a, const PkintCodes *b);
extern bool pkint_codes_contain(const PkintCodes *set, const char *code);
extern PkintCodes pkint_codes_union(const PkintCodes *a, const PkintCodes *b,
									char *buf);
extern PkintCodes pkint_codes_intersection(const PkintCodes *a,
										   const PkintCodes *b, char *buf);

/* the lattice */
extern int	pkint_body_compare(const void *a, size_t alen,
							   const void *b, size_t blen,
							   PkintMarkingKind kind);
extern bool pkint_marking_dominates(const PkintMarking *a,
									const PkintMarking *b);
extern bool pkint_marking_readable(const PkintMarking *label,
								   const PkintMarking *clearance);
extern void pkint_marking_join(const PkintMarking *a, const PkintMarking *b,
							   PkintMarking *result, char *buf);
extern void pkint_marking_meet(const PkintMarking *a, const PkintMarking *b,
							   PkintMarking *result, char *buf);

#endif							/* PKINT_GRAMMAR_H */
