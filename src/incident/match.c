/*
 * match.c
 *	  May two reports be about one event?  The evidence, part by part.
 *
 * Each part is a log-odds: how much more likely what is seen is for two reports
 * of one event than for reports of two events that happen to overlap.  Parts
 * add up, after Fellegi and Sunter (1969); what one side does not tell weighs
 * nothing.  The constants were set on labelled synthetic reports and on the sample
 * mission's noise: see docs/matching.md.
 */
#include "src/incident/match.h"

#include <math.h>

#include "src/incident/footprint_rel.h"
#include "src/incident/geodesy.h"

/* how far apart, and how long, events are that have nothing to do with each other */
#define USUAL_DISTANCE 30000.0
#define USUAL_HOURS (24.0 * 10)

/* nobody's place is better known than this, whatever he writes */
#define LEAST_RADIUS 500.0
#define LEAST_HOURS 12.0

/* words beyond these say little more */
#define MOST_WORDS 64

static double
Clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* Two exact places that agree say more than two vague ones that overlap. */
static double
PlaceEvidence(const PkintFootprint *a, const PkintFootprint *b)
{
	double		d = pkint_geodesic(a->lon, a->lat, b->lon, b->lat);
	double		reach = a->radius + b->radius + LEAST_RADIUS;
	double		t = d / reach;

	return Clamp(log(USUAL_DISTANCE / reach) - 1.5 * t * t, -4.0, 3.0);
}

/* The length of a time in hours; very long where it is open. */
static double
Hours(const PkintFootprint *f)
{
	if (TIMESTAMP_IS_NOBEGIN(f->from) || TIMESTAMP_IS_NOEND(f->until))
		return 24.0 * 3650;
	return ((double) f->until - (double) f->from) / USECS_PER_HOUR;
}

/* The same in time; a day or so between times that do not overlap is forgiven. */
static double
TimeEvidence(const PkintFootprint *a, const PkintFootprint *b)
{
	double		gap = pkint_time_gap(a, b) / USECS_PER_HOUR;
	double		reach = (Hours(a) + Hours(b)) / 2 + LEAST_HOURS;
	double		t = gap / LEAST_HOURS;

	return Clamp(log(USUAL_HOURS / reach) - t * t / 2, -4.0, 3.0);
}

/* Length of the level of a code that begins here. */
static int
LevelLength(const PkintWords *w, int at)
{
	int			len = 0;

	while (at + len < w->len && w->text[at + len] != '-')
		len++;
	return len;
}

/* How many levels two codes share from the top, how many the deeper has, and the other. */
static int
SharedLevels(const PkintWords *a, const PkintWords *b, int *levels, int *least)
{
	int			shared = 0;
	bool		alike = true;
	int			i = 0;
	int			j = 0;

	*least = 0;
	for (*levels = 0; i < a->len || j < b->len; (*levels)++)
	{
		int			m = i < a->len ? LevelLength(a, i) : -1;
		int			n = j < b->len ? LevelLength(b, j) : -1;

		*least += m >= 0 && n >= 0;
		alike = alike && m == n && memcmp(a->text + i, b->text + j, m) == 0;
		shared += alike;
		i += m + 1;
		j += n + 1;
	}
	return shared;
}

/*
 * Codes are levels joined by hyphens.  The same leaf speaks for one event, another
 * one against it, the less the deeper both go together; a code that stops where
 * the other goes on contradicts nothing.  Undetermined events (UND) may be anything.
 */
static double
CategoryEvidence(const PkintWords *a, const PkintWords *b)
{
	int			levels;
	int			least;
	int			shared;
	double		part;

	if (!a->text || !b->text || (a->len >= 3 && memcmp(a->text, "UND", 3) == 0) ||
		(b->len >= 3 && memcmp(b->text, "UND", 3) == 0))
		return 0.0;
	shared = SharedLevels(a, b, &levels, &least);
	if (shared < levels && shared == least)
		return shared > 0 ? 0.5 : 0.0;
	part = (double) shared / levels;
	return 4.0 * part * part - 2.0;
}

/* Letters of one case without the commonest accents; 0 is no letter. */
static int
NextLetter(const char *s, int len, int *at)
{
	unsigned char c = (unsigned char) s[(*at)++];

	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return c;
	if (c == 0xC3 && *at < len)
	{
		/* Latin letters with accents: U+00C0 to U+00FF, in both cases */
		static const char plain[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts";
		unsigned char d = (unsigned char) s[(*at)++];

		return d >= 0x80 && d <= 0xBF ? plain[(d - 0x80) & 31] : 0;
	}
	/* letters of other scripts, byte by byte */
	return c >= 0x80 ? c : 0;
}

static int
CompareHashes(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a;
	uint32		y = *(const uint32 *) b;

	return x < y ? -1 : x > y ? 1 : 0;
}

/* The different words of a text of four letters or more, and its numbers. */
static int
HashWords(const PkintWords *w, uint32 *hashes)
{
	int			n = 0;
	int			unique = 0;
	int			at = 0;

	while (at < w->len && n < MOST_WORDS)
	{
		uint32		hash = 2166136261U;
		int			letters = 0;
		bool		number = true;

		while (at < w->len)
		{
			int			c = NextLetter(w->text, w->len, &at);

			if (c == 0)
				break;
			hash = (hash ^ (uint32) c) * 16777619U;
			number = number && c >= '0' && c <= '9';
			letters++;
		}
		if (letters >= 4 || (letters > 0 && number))
			hashes[n++] = hash;
	}
	qsort(hashes, n, sizeof(uint32), CompareHashes);
	for (int i = 0; i < n; i++)
		if (i == 0 || hashes[i] != hashes[i - 1])
			hashes[unique++] = hashes[i];
	return unique;
}

/* How much of the shorter text's words the other has too, from 0 to 1. */
double
pkint_words_alike(const PkintWords *a, const PkintWords *b, bool *known)
{
	uint32		x[MOST_WORDS];
	uint32		y[MOST_WORDS];
	int			nx = a->text ? HashWords(a, x) : 0;
	int			ny = b->text ? HashWords(b, y) : 0;
	int			shared = 0;

	*known = nx > 0 && ny > 0;
	if (!*known)
		return 0.0;
	for (int i = 0, j = 0; i < nx && j < ny;)
	{
		if (x[i] == y[j])
			shared++;
		if (x[i] <= y[j])
			i++;
		else
			j++;
	}
	return (double) shared / Min(nx, ny);
}

/* Are the actors named on both sides, and alike?  Their order says nothing. */
static double
ActorEvidence(const PkintMatchSide *a, const PkintMatchSide *b)
{
	double		best = 0.0;
	bool		any = false;

	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
		{
			bool		known;
			double		alike = pkint_words_alike(&a->actor[i], &b->actor[j], &known);

			any = any || known;
			best = Max(best, known ? alike : 0.0);
		}
	if (!any)
		return 0.0;
	return best >= 0.5 ? 1.5 * best : -1.0;
}

/*
 * Numbers that overlap speak for one event, the more so the larger they are;
 * numbers that do not, against it, the more so the further apart they are.
 */
static double
CountEvidence(const PkintCount *a, const PkintCount *b)
{
	int			least = Max(a->low, b->low);
	int			most = Min(a->high, b->high);

	if (!a->known || !b->known)
		return 0.0;
	if (least <= most)
		return most == 0 ? 0.2 : Clamp(0.4 + 0.6 * log1p(least), 0.0, 2.0);
	return Clamp(0.3 - 1.5 * log((least + 1.0) / (most + 1.0)), -2.5, 0.0);
}

/* Texts of one event share words; in two languages they may share none. */
double
pkint_word_evidence(const PkintWords *a, const PkintWords *b)
{
	bool		known;
	double		alike = pkint_words_alike(a, b, &known);

	return known ? Clamp(4.0 * (alike - 0.15), -0.5, 2.0) : 0.0;
}

/* All parts of the evidence. */
void
pkint_match_evidence(const PkintMatchSide *a, const PkintMatchSide *b,
					 double evidence[PKINT_EVIDENCE_PARTS])
{
	evidence[PKINT_EVIDENCE_PLACE] = PlaceEvidence(a->footprint, b->footprint);
	evidence[PKINT_EVIDENCE_TIME] = TimeEvidence(a->footprint, b->footprint);
	evidence[PKINT_EVIDENCE_CATEGORY] = CategoryEvidence(&a->code, &b->code);
	evidence[PKINT_EVIDENCE_ACTORS] = ActorEvidence(a, b);
	evidence[PKINT_EVIDENCE_KILLED] = CountEvidence(&a->killed, &b->killed);
	evidence[PKINT_EVIDENCE_INJURED] = CountEvidence(&a->injured, &b->injured);
	evidence[PKINT_EVIDENCE_WORDS] = pkint_word_evidence(&a->narrative, &b->narrative);
}
