/*
 * redact.h
 *	  Names of sources in narratives become codes.
 */
#ifndef PKINT_REDACT_H
#define PKINT_REDACT_H

#include "postgres.h"
#include "lib/stringinfo.h"

#include "src/keys/keys.h"

/* What a narrative is looked through for: hashes under a key, sorted. */
typedef struct PkintNameSet
{
	uint64		count;
	const int64 *hash;
	const uint8 *bitmap;
	const PkintHmacKey *key;
} PkintNameSet;

extern void pkint_redact_init(void);
extern void pkint_redact_text(const char *narrative, int len, const char *unit,
							  StringInfo out);
extern void pkint_redact_as_owner(const char *narrative, const char *unit, StringInfo out);
extern PkintNameSet *pkint_name_set(const PkintHmacKey *key, int64 *hash, uint64 count);
extern int	pkint_withhold_names(const PkintNameSet *names, const char *narrative, int len,
								 StringInfo out);

/* mentions.c */
extern int64 pkint_withhold_mentions(const PkintNameSet *names);
extern bool pkint_withholding(void);

#endif							/* PKINT_REDACT_H */
