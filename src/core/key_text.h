/*
 * key_text.h
 *	  A key's one text, the same under every setting.
 */
#ifndef PKINT_KEY_TEXT_H
#define PKINT_KEY_TEXT_H

#include "postgres.h"

#include "fmgr.h"

/* How the text of a type depends on settings. */
typedef enum PkintKeySettings
{
	PKINT_KEY_PLAIN,			/* on none */
	PKINT_KEY_DATES,			/* on a few, which are fixed by hand */
	PKINT_KEY_ANY				/* on whatever its functions look at */
} PkintKeySettings;

/* How values of a type become text and back. */
typedef struct PkintKeyType
{
	Oid			type;			/* of what it is a domain, if it is one */
	Oid			declared;
	PkintKeySettings settings;
	FmgrInfo	output;
	FmgrInfo	input;
	Oid			ioparam;
} PkintKeyType;

extern void pkint_key_type(PkintKeyType *key, Oid type, MemoryContext context);
extern char *pkint_key_out(PkintKeyType *key, Datum value);
extern Datum pkint_key_in(PkintKeyType *key, const char *string);

/* an argument of a function, which keeps its PkintKeyType in fn_extra */
extern PkintKeyType *pkint_key_argument(FunctionCallInfo fcinfo, int arg);
extern char *pkint_key_text(FunctionCallInfo fcinfo, int arg);

#endif							/* PKINT_KEY_TEXT_H */
