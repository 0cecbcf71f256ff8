/*
 * nearest.c
 *	  Which known code did somebody mean who typed an unknown one?
 *
 * Plain C.  The distance counts letters that were left out, added, replaced,
 * or swapped with their neighbour.
 */
#include "src/label/grammar.h"

#include <string.h>

static int
Least(int a, int b)
{
	return a < b ? a : b;
}

/* Steps from one code to another; codes are at most PKINT_CODE_MAX long. */
int
pkint_code_distance(const char *a, const char *b)
{
	int			rows[3][PKINT_CODE_MAX + 1];
	int		   *before = rows[0];
	int		   *last = rows[1];
	int		   *row = rows[2];
	int			alen = (int) strnlen(a, PKINT_CODE_MAX);
	int			blen = (int) strnlen(b, PKINT_CODE_MAX);

	for (int j = 0; j <= blen; j++)
		last[j] = before[j] = j;
	for (int i = 1; i <= alen; i++)
	{
		int		   *free_row = before;

		row[0] = i;
		for (int j = 1; j <= blen; j++)
		{
			int			replaced = last[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = Least(replaced, Least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = Least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = free_row;
	}
	return last[blen];
}

/* Is one code near enough to another to be what was meant? */
bool
pkint_code_is_near(const char *typed, const char *known)
{
	int			len = (int) strnlen(typed, PKINT_CODE_MAX);

	return pkint_code_distance(typed, known) <= (len <= 2 ? 1 : len <= 7 ? 2 : 3);
}
