/*
 * words.h
 *	  What people read, in the language that they read.
 *
 * Plain C, since the grammar of labels stands without a server.  Messages of
 * ereport() are translated by the server itself, under TEXTDOMAIN; any other
 * text goes through _().  gettext_noop() marks a text that _() gets later.
 * How to write a message, and how it comes to be French: src/po/README.md.
 */
#ifndef PKINT_WORDS_H
#define PKINT_WORDS_H

/* a server without NLS has macros in place of gettext's functions */
#ifndef dgettext
#include <libintl.h>
#endif

/* the makefile adds the server's major version, as PG_TEXTDOMAIN() would */
#ifndef PKINT_TEXTDOMAIN
#define PKINT_TEXTDOMAIN "pkint"
#endif

#undef TEXTDOMAIN
#define TEXTDOMAIN PKINT_TEXTDOMAIN

#undef _
#define _(x) dgettext(PKINT_TEXTDOMAIN, x)

#undef gettext_noop
#define gettext_noop(x) (x)

extern void pkint_words_init(void);

#endif							/* PKINT_WORDS_H */
