/*
 * lattice.c
 *	  Order, dominance, join and meet of labels; who may read what.
 *
 * Plain C: no allocation, no error, no server.
 *
 * Label a dominates label b if its level is at least as high, it has every
 * caveat and every originator of b, and its audience lies within b's.  The
 * audience is thus ordered by reverse inclusion: ALL at the bottom, NONE at
 * the top.  The join of two labels has the higher level, the caveats and
 * originators of both, and only those readers whom both have; the meet is its
 * mirror image.
 */
#include "src/label/grammar.h"

#include <string.h>

/* Walks a list of codes. */
typedef struct Walk
{
	const char *at;
	const char *end;
} Walk;

static inline Walk
StartWalk(const PkintCodes *codes)
{
	Walk		walk;

	walk.at = codes->at;
	walk.end = codes->at + codes->size;
	return walk;
}

static inline bool
AtEnd(const Walk *walk)
{
	return walk->at >= walk->end;
}

static inline void
Step(Walk *walk)
{
	walk->at += strlen(walk->at) + 1;
}

/* Is every code of a in b? */
bool
pkint_codes_subset(const PkintCodes *a, const PkintCodes *b)
{
	Walk		wa = StartWalk(a);
	Walk		wb = StartWalk(b);

	if (b->all)
		return true;
	if (a->all || a->count > b->count)
		return false;
	while (!AtEnd(&wa))
	{
		int			order = AtEnd(&wb) ? -1 : strcmp(wa.at, wb.at);

		if (order < 0)
			return false;
		if (order == 0)
			Step(&wa);
		Step(&wb);
	}
	return true;
}

/* Is there a code in both?  ALL overlaps with whatever is not empty. */
bool
pkint_codes_overlap(const PkintCodes *a, const PkintCodes *b)
{
	Walk		wa = StartWalk(a);
	Walk		wb = StartWalk(b);

	if (a->all || b->all)
		return (a->all || a->count > 0) && (b->all || b->count > 0);
	while (!AtEnd(&wa) && !AtEnd(&wb))
	{
		int			order = strcmp(wa.at, wb.at);

		if (order == 0)
			return true;
		if (order < 0)
			Step(&wa);
		else
			Step(&wb);
	}
	return false;
}

/* Is this one code in the set? */
bool
pkint_codes_contain(const PkintCodes *set, const char *code)
{
	if (set->all)
		return true;
	for (Walk walk = StartWalk(set); !AtEnd(&walk); Step(&walk))
		if (strcmp(walk.at, code) == 0)
			return true;
	return false;
}

/* Append a code to a result. */
static void
Append(PkintCodes *result, char **to, const char *code)
{
	size_t		size = strlen(code) + 1;

	memcpy(*to, code, size);
	*to += size;
	result->size += size;
	result->count++;
}

static PkintCodes
EmptyCodes(const char *buf)
{
	PkintCodes	result;

	result.at = buf;
	result.size = 0;
	result.count = 0;
	result.all = false;
	return result;
}

/* Codes of a or b, written to buf, which has room for both. */
PkintCodes
pkint_codes_union(const PkintCodes *a, const PkintCodes *b, char *buf)
{
	PkintCodes	result = EmptyCodes(buf);
	Walk		wa = StartWalk(a);
	Walk		wb = StartWalk(b);

	if (a->all || b->all)
	{
		result.all = true;
		return result;
	}
	while (!AtEnd(&wa) || !AtEnd(&wb))
	{
		int			order;

		if (AtEnd(&wa) || AtEnd(&wb))
			order = AtEnd(&wa) ? 1 : -1;
		else
			order = strcmp(wa.at, wb.at);
		Append(&result, &buf, order <= 0 ? wa.at : wb.at);
		if (order <= 0)
			Step(&wa);
		if (order >= 0)
			Step(&wb);
	}
	return result;
}

/* Codes of a and b, written to buf; one of them is taken as it is beside ALL. */
PkintCodes
pkint_codes_intersection(const PkintCodes *a, const PkintCodes *b, char *buf)
{
	PkintCodes	result = EmptyCodes(buf);
	Walk		wa = StartWalk(a);
	Walk		wb = StartWalk(b);

	if (a->all)
		return *b;
	if (b->all)
		return *a;
	while (!AtEnd(&wa) && !AtEnd(&wb))
	{
		int			order = strcmp(wa.at, wb.at);

		if (order == 0)
			Append(&result, &buf, wa.at);
		if (order <= 0)
			Step(&wa);
		if (order >= 0)
			Step(&wb);
	}
	return result;
}

/* What the order goes by before it looks at codes. */
typedef struct Sizes
{
	int			level;
	int			ncaveats;
	int			nunits;			/* ALL counts as more than any list */
	int			norig;
	const uint8_t *codes;
	size_t		size;
} Sizes;

/* Read a count that is there, or 0. */
static inline int
SizeOf(const uint8_t **at, const uint8_t *end, bool present)
{
	int			count;

	if (!present || *at >= end)
		return 0;
	count = *(*at)++;
	if ((count & 0x80) && *at < end)
		count = ((count & 0x7f) << 8) | *(*at)++;
	return count;
}

/* The first bytes of a body. */
static inline Sizes
ReadSizes(const uint8_t *body, size_t len)
{
	Sizes		sizes;
	const uint8_t *end = body + len;
	uint8_t		flags = len > 0 ? *body++ : 0;

	sizes.level = flags & PKINT_BODY_LEVEL;
	sizes.ncaveats = SizeOf(&body, end, flags & PKINT_BODY_CAVEATS);
	sizes.nunits = SizeOf(&body, end, flags & PKINT_BODY_UNITS);
	if (flags & PKINT_BODY_ALL)
		sizes.nunits = PKINT_CODES_MAX + 1;
	sizes.norig = SizeOf(&body, end, flags & PKINT_BODY_ORIG);
	if (!(flags & (PKINT_BODY_ORIG | PKINT_BODY_ORIG_NONE)))
		sizes.norig = 1;
	sizes.codes = body;
	sizes.size = (size_t) (end - body);
	return sizes;
}

/*
 * Total order of bodies: a linear extension of dominance.  Level, number of
 * caveats, size of the audience (ALL first, then the larger before the
 * smaller, NONE last), number of originators, and then the codes themselves.
 * If a is dominated by b then none of the first four is against it, and if
 * all four are equal the labels are.  The units of a clearance are ordered the
 * other way round, since more of them are more.
 */
int
pkint_body_compare(const void *a, size_t alen, const void *b, size_t blen,
				   PkintMarkingKind kind)
{
	Sizes		sa = ReadSizes(a, alen);
	Sizes		sb = ReadSizes(b, blen);
	size_t		common = sa.size < sb.size ? sa.size : sb.size;
	int			order;

	if (sa.level != sb.level)
		return sa.level < sb.level ? -1 : 1;
	if (sa.ncaveats != sb.ncaveats)
		return sa.ncaveats < sb.ncaveats ? -1 : 1;
	if (sa.nunits != sb.nunits)
		return (sa.nunits > sb.nunits) == (kind == PKINT_LABEL) ? -1 : 1;
	if (sa.norig != sb.norig)
		return sa.norig < sb.norig ? -1 : 1;
	order = common > 0 ? memcmp(sa.codes, sb.codes, common) : 0;
	if (order != 0)
		return order < 0 ? -1 : 1;
	if (sa.size != sb.size)
		return sa.size < sb.size ? -1 : 1;
	/*
	 * The spare bit, which only index keys carry, comes last; and damaged bytes
	 * that say the same in other ways get a place of their own.
	 */
	if (alen != blen)
		return alen < blen ? -1 : 1;
	order = alen > 0 ? memcmp(a, b, alen) : 0;
	return order == 0 ? 0 : order < 0 ? -1 : 1;
}

/* Does label a dominate label b? */
bool
pkint_marking_dominates(const PkintMarking *a, const PkintMarking *b)
{
	return a->level >= b->level &&
		pkint_codes_subset(&b->caveats, &a->caveats) &&
		pkint_codes_subset(&a->units, &b->units) &&
		pkint_codes_subset(&b->originators, &a->originators);
}

/*
 * May a label be read with a clearance?  The level must reach, every caveat
 * must be held, and the reader must belong to one unit of the audience.  REL
 * ALL is for everybody with a clearance, even without a unit; REL NONE is for
 * nobody, even with all of them.
 */
bool
pkint_marking_readable(const PkintMarking *label, const PkintMarking *clearance)
{
	return label->level <= clearance->level &&
		(label->units.all ||
		 pkint_codes_overlap(&label->units, &clearance->units)) &&
		pkint_codes_subset(&label->caveats, &clearance->caveats);
}

/*
 * Least upper bound.  buf must have room for the codes of both labels; the
 * result points into it or into the arguments.
 */
void
pkint_marking_join(const PkintMarking *a, const PkintMarking *b,
				   PkintMarking *result, char *buf)
{
	result->level = a->level > b->level ? a->level : b->level;
	result->caveats = pkint_codes_union(&a->caveats, &b->caveats, buf);
	buf += a->caveats.size + b->caveats.size;
	result->units = pkint_codes_intersection(&a->units, &b->units, buf);
	buf += a->units.size + b->units.size;
	result->originators = pkint_codes_union(&a->originators, &b->originators, buf);
}

/* Greatest lower bound, likewise. */
void
pkint_marking_meet(const PkintMarking *a, const PkintMarking *b,
				   PkintMarking *result, char *buf)
{
	result->level = a->level < b->level ? a->level : b->level;
	result->caveats = pkint_codes_intersection(&a->caveats, &b->caveats, buf);
	buf += a->caveats.size + b->caveats.size;
	result->units = pkint_codes_union(&a->units, &b->units, buf);
	buf += a->units.size + b->units.size;
	result->originators = pkint_codes_intersection(&a->originators,
												   &b->originators, buf);
}
