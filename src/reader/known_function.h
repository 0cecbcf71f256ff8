/*
 * known_function.h
 *	  What whose_code.c has to know of a function, remembered.
 *
 * Private to the room reader.
 */
#ifndef PKINT_KNOWN_FUNCTION_H
#define PKINT_KNOWN_FUNCTION_H

#include "postgres.h"

typedef struct KnownFunction
{
	Oid			function;		/* hash key */
	Oid			owner;
	bool		superusers;		/* the owner is a superuser */
	bool		pkints;			/* it is one of pkint's own */
	bool		acts;			/* that, and it does something */
	bool		procedural;		/* written in neither C nor SQL */
	bool		watched;		/* the server is to tell when it runs */
} KnownFunction;

extern bool pkint_known_function(Oid function, KnownFunction *known);
extern bool pkint_body_names(Oid function, Oid named);
extern void pkint_known_function_init(void);

#endif							/* PKINT_KNOWN_FUNCTION_H */
