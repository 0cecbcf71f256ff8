/*
 * names.h
 *	  Names of people as they are compared: folded, split, reduced.
 */
#ifndef PKINT_NAMES_H
#define PKINT_NAMES_H

#include "postgres.h"

/* longest folded token that is looked at; what is longer is no name */
#define PKINT_FOLDED_MAX 64

/* A word of a text: where it stands, and its folded form. */
typedef struct PkintToken
{
	int			start;			/* byte offset */
	int			end;			/* byte offset after it */
	int			len;			/* of folded */
	char		folded[PKINT_FOLDED_MAX];
} PkintToken;

extern int	pkint_next_token(const char *utf8, int len, int from, PkintToken *token);
extern char *pkint_fold_name(const char *utf8, int len);
extern int	pkint_skeleton(const char *folded, int len, char *out);

#endif							/* PKINT_NAMES_H */
