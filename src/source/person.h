/*
 * person.h
 *	  Who is the same: identities brought to one form and compared.
 */
#ifndef PKINT_PERSON_H
#define PKINT_PERSON_H

#include "postgres.h"
#include "utils/jsonb.h"

extern char *pkint_identity_field(const char *identity, const char *key);
extern char *pkint_canonical_identity(const char *identity);
extern char *pkint_name_key(const char *canonical);
extern bool pkint_is_same_person(const char *a, const char *b, bool loosely);

#endif							/* PKINT_PERSON_H */
