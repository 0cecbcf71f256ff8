/*
 * rules.h
 *	  The rules for human sources (R73 to R78).
 */
#ifndef PKINT_RULES_H
#define PKINT_RULES_H

#include "postgres.h"
#include "utils/jsonb.h"

#define PKINT_CONSENT_MAX 120

extern void pkint_check_identity(Jsonb *identity);
extern void pkint_check_adult(bool null, bool adult);
extern void pkint_check_official(bool null, bool official, const char *consent);

#endif							/* PKINT_RULES_H */
