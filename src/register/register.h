/*
 * register.h
 *	  What src/pkint.c and the files of the register room call of each other.
 */
#ifndef PKINT_REGISTER_H
#define PKINT_REGISTER_H

#include "postgres.h"

/* What the words of a text point to; see lexicon.c. */
typedef struct PkintWordSigns
{
	bool		hazard;
	bool		violence;
	const char *hazard_code;	/* the first that was named, or NULL */
} PkintWordSigns;

extern void pkint_register_init(void);
extern void pkint_find_word_signs(text *words, PkintWordSigns *signs);

#endif							/* PKINT_REGISTER_H */
