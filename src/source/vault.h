/*
 * vault.h
 *	  The vault: sealed rows, and who stands behind them.
 */
#ifndef PKINT_VAULT_H
#define PKINT_VAULT_H

#include "src/core/compat.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "fmgr.h"
#include "utils/jsonb.h"

#include "src/keys/keyring.h"
#include "src/source/code.h"

#define PKINT_PERSON_BYTES 16

/* The largest plaintext of a source; see PaddedLength() */
#define PKINT_VAULT_PLAIN_MAX 510

typedef struct PkintVault
{
	uint8		id[PKINT_VAULT_ID_BYTES];
	PkintKeyring *ring;
	int			which;			/* the root key that it expects */
	int			index_leaf;		/* whose key goes into the index of names */
} PkintVault;

/* Where a sealed value belongs; all of it is bound into the seal. */
typedef struct PkintSealContext
{
	PkintCodeParts code;
	int			epoch;
	int			leaf;
	const char *what;			/* "source", "meeting" */
	int64		number;			/* of the meeting, else 0 */
} PkintSealContext;

/* What the vault knows of a source. */
typedef struct PkintSource
{
	PkintSealContext where;
	bool		open;			/* false: forgotten */
	uint8		person[PKINT_PERSON_BYTES]; /* the same in every epoch of a unit */
	Oid			handler;
	char	   *handler_name;
	char	   *consent;
	char	   *identity;		/* jsonb as text */
} PkintSource;

extern PkintVault *pkint_vault_open(bool create);
extern void pkint_vault_close(PkintVault *vault);
extern int	pkint_vault_take_leaves(PkintVault *vault, int count);
extern bytea *pkint_vault_seal(PkintVault *vault, const PkintSealContext *where,
							   const char *plain, int len);
extern char *pkint_vault_unseal(PkintVault *vault, const PkintSealContext *where,
								bytea *sealed, int *len);
extern bytea *pkint_source_seal(PkintVault *vault, const PkintSource *source);
extern void pkint_source_unseal(PkintVault *vault, bytea *sealed, PkintSource *source);
extern void pkint_source_from_row(PkintVault *vault, HeapTuple row, TupleDesc desc,
								  PkintSource *source);
extern PkintSource *pkint_sources_of(PkintVault *vault, const char *unit, int *count);
extern bool pkint_source_find(PkintVault *vault, const PkintSourceCode *code, PkintSource *source);
extern void pkint_source_store(PkintVault *vault, const PkintSource *source, bool fresh);
extern int	pkint_source_epoch(const char *unit);
extern bool pkint_vault_key_is_current(bytea *sealed);
extern void pkint_source_lock(void);

/* forget.c */
extern int	pkint_puncture_spent(PkintVault *vault);

/* registration.c */
extern void pkint_source_assign_code(PkintVault *vault, PkintSource *source);
extern void pkint_source_demand(PkintVault *vault, const PkintSourceCode *code,
								PkintSource *source);
pkint_noreturn extern void pkint_source_missing(bool forgotten);

#endif							/* PKINT_VAULT_H */
