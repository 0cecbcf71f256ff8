/*
 * label_build.c
 *	  Labels and clearances from their parts.
 */
#include "src/label/label.h"

#include "lib/qunique.h"

/* qsort order of C strings by their bytes */
static int
CompareCodes(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Check, sort and pack a list of codes. */
static PkintCodes
BuildCodes(const char *const *codes, int n, const char *what)
{
	PkintCodes	result = {NULL, 0, 0, false};
	const char **sorted;
	char	   *to;

	if (n <= 0)
		return result;
	sorted = palloc(sizeof(char *) * n);
	for (int i = 0; i < n; i++)
	{
		size_t		len = strlen(codes[i]);

		if (!pkint_code_valid(codes[i], len) || pkint_code_reserved(codes[i], len))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" cannot be a code in %s", codes[i], what),
					 errhint("A code begins with a capital letter or digit, goes on with capital letters, digits, underscore or hyphen, has at most %d characters, and is none of ALL, NONE, REL, ORIG, UNITS.",
							 PKINT_CODE_MAX)));
		sorted[i] = codes[i];
	}
	qsort(sorted, n, sizeof(char *), CompareCodes);
	n = (int) qunique(sorted, n, sizeof(char *), CompareCodes);

	for (int i = 0; i < n; i++)
		result.size += strlen(sorted[i]) + 1;
	to = palloc(result.size);
	result.at = to;
	result.count = n;
	for (int i = 0; i < n; i++)
	{
		size_t		size = strlen(sorted[i]) + 1;

		memcpy(to, sorted[i], size);
		to += size;
	}
	pfree(sorted);
	return result;
}

/* Refuse a number that is no level. */
static void
CheckLevel(int level)
{
	if (level < PKINT_UNCLASSIFIED || level > PKINT_STRICTLY_CONFIDENTIAL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d is no level", level),
				 errhint("The levels are UNCLASSIFIED (0), CONFIDENTIAL (1) and STRICTLY CONFIDENTIAL (2).")));
}

PkintClearance *
pkint_clearance_build(int level, const char *const *caveats, int ncaveats,
					  bool all_units, const char *const *units, int nunits)
{
	PkintMarking marking;

	CheckLevel(level);
	marking.level = level;
	marking.caveats = BuildCodes(caveats, ncaveats, "caveats");
	marking.units = BuildCodes(units, all_units ? 0 : nunits, "UNITS");
	marking.units.all = all_units;
	memset(&marking.originators, 0, sizeof(PkintCodes));
	return pkint_marking_value(PKINT_CLEARANCE, &marking);
}

PkintLabel *
pkint_label_build(int level, const char *const *caveats, int ncaveats,
				  bool all_units, const char *const *units, int nunits,
				  const char *const *originators, int norig)
{
	PkintMarking marking;

	CheckLevel(level);
	marking.level = level;
	marking.caveats = BuildCodes(caveats, ncaveats, "caveats");
	marking.units = BuildCodes(units, all_units ? 0 : nunits, "REL");
	marking.units.all = all_units;
	marking.originators = BuildCodes(originators, norig, "ORIG");
	return pkint_marking_value(PKINT_LABEL, &marking);
}
