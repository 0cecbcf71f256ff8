/*
 * redact.h
 *	  Names of sources in narratives become codes.
 */
#ifndef PKINT_REDACT_H
#define PKINT_REDACT_H

#include "postgres.h"
#include "lib/stringinfo.h"

extern void pkint_redact_init(void);
extern void pkint_redact_text(const char *narrative, int len, const char *unit,
							  StringInfo out);

#endif							/* PKINT_REDACT_H */
