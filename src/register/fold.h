/*
 * fold.h
 *	  Letters without case and accents, for comparing words that people typed.
 */
#ifndef PKINT_REGISTER_FOLD_H
#define PKINT_REGISTER_FOLD_H

#include <stdbool.h>
#include <stddef.h>

extern int	pkint_fold_next(const char **at, const char *end, char *out, bool *upper);

#endif							/* PKINT_REGISTER_FOLD_H */
