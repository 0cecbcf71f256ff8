/*
 * label.h
 *	  The types pkint.label and pkint.clearance for the rooms above.
 *
 * Both are varlenas whose bytes are a body as grammar.h describes it.  Values
 * may carry a short header: use the macros here, not VARDATA().
 */
#ifndef PKINT_LABEL_H
#define PKINT_LABEL_H

#include "src/core/compat.h"
#include "fmgr.h"

#include "src/label/grammar.h"

typedef struct varlena PkintLabel;
typedef struct varlena PkintClearance;

/* Detoasted, but perhaps with a short header, and perhaps not a copy. */
#define DatumGetPkintLabel(x) ((PkintLabel *) PG_DETOAST_DATUM_PACKED(x))
#define DatumGetPkintClearance(x) ((PkintClearance *) PG_DETOAST_DATUM_PACKED(x))
#define PG_GETARG_PKINT_LABEL(n) DatumGetPkintLabel(PG_GETARG_DATUM(n))
#define PG_GETARG_PKINT_CLEARANCE(n) DatumGetPkintClearance(PG_GETARG_DATUM(n))

/* The body of a label or a clearance, and its length. */
#define PKINT_BODY(x) ((const uint8 *) VARDATA_ANY(x))
#define PKINT_BODY_LEN(x) ((size_t) VARSIZE_ANY_EXHDR(x))

/*
 * May this label be read with this clearance?  Raises nothing, allocates
 * nothing; both arguments are detoasted.
 */
extern bool pkint_label_readable(const PkintLabel *label,
								 const PkintClearance *clearance);

/*
 * A clearance from its parts, in the current memory context.  The codes may
 * come unsorted and repeated.  Raises if one of them is no code, or if there
 * are more than PKINT_CODES_MAX.
 */
extern PkintClearance *pkint_clearance_build(int level,
											 const char *const *caveats, int ncaveats,
											 bool all_units,
											 const char *const *units, int nunits);

/* A label from its parts, likewise; norig = 0 means ORIG NONE. */
extern PkintLabel *pkint_label_build(int level,
									 const char *const *caveats, int ncaveats,
									 bool all_units,
									 const char *const *units, int nunits,
									 const char *const *originators, int norig);

/*
 * Take a label or a clearance apart.  The codes of the result point into the
 * value.  False if the bytes are damaged, which a reader treats as unreadable.
 */
static inline bool
pkint_label_open(const PkintLabel *label, PkintMarking *marking)
{
	return pkint_marking_open(PKINT_BODY(label), PKINT_BODY_LEN(label), marking);
}

static inline bool
pkint_clearance_open(const PkintClearance *clearance, PkintMarking *marking)
{
	return pkint_marking_open(PKINT_BODY(clearance), PKINT_BODY_LEN(clearance),
							  marking);
}

/*
 * Walk the codes of a list, which are ordinary C strings:
 *		for (code = pkint_codes_first(&m.caveats); code != NULL;
 *			 code = pkint_codes_next(&m.caveats, code))
 */
static inline const char *
pkint_codes_first(const PkintCodes *codes)
{
	return codes->size > 0 ? codes->at : NULL;
}

static inline const char *
pkint_codes_next(const PkintCodes *codes, const char *code)
{
	code += strlen(code) + 1;
	return code < codes->at + codes->size ? code : NULL;
}

/* Are two labels, or two clearances, the same? */
static inline bool
pkint_label_same(const struct varlena *a, const struct varlena *b)
{
	return PKINT_BODY_LEN(a) == PKINT_BODY_LEN(b) &&
		memcmp(PKINT_BODY(a), PKINT_BODY(b), PKINT_BODY_LEN(a)) == 0;
}

/* Canonical text, palloc'd. */
extern char *pkint_label_text(const PkintLabel *label);
extern char *pkint_clearance_text(const PkintClearance *clearance);

/* Join (or else meet) of two labels, palloc'd; raises if a list is too long. */
extern PkintLabel *pkint_label_combine(const PkintLabel *a, const PkintLabel *b,
									   bool join);

/* A marking packed into a value, palloc'd; raises if a list is too long. */
extern struct varlena *pkint_marking_value(PkintMarkingKind kind,
										   const PkintMarking *marking);

#endif							/* PKINT_LABEL_H */
