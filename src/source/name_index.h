/*
 * name_index.h
 *	  The blind index of names: keyed hashes, and no name.
 */
#ifndef PKINT_NAME_INDEX_H
#define PKINT_NAME_INDEX_H

#include "postgres.h"

#include "src/source/names.h"
#include "src/source/vault.h"

/* words that a name in a text is looked for in */
#define PKINT_WINDOW_MAX 4

/* kind of form and its letters: within one block of the hash */
#define PKINT_FORM_MAX 54
#define PKINT_FORM_EXACT 'n'
#define PKINT_FORM_SKELETON 's'

typedef struct PkintForm
{
	int			len;
	char		bytes[PKINT_FORM_MAX];
} PkintForm;

extern void pkint_form_begin(PkintForm *form, char kind);
extern bool pkint_form_add(PkintForm *form, const char *folded, int len);
extern bool pkint_form_add_skeleton(PkintForm *form, const char *folded, int len);
extern bool pkint_form_will_do(const PkintForm *form);
extern int64 pkint_form_hash(const PkintHmacKey *key, const PkintForm *form);
extern void pkint_index_key(int which, const uint8 leaf[PKINT_KEY_BYTES],
							const char *unit, int epoch, PkintHmacKey *hmac);
extern void pkint_index_add(PkintVault *vault, const PkintSource *source);
extern void pkint_index_rebuild(PkintVault *vault, const char *unit);
extern void pkint_index_rebuild_all(PkintVault *vault);
extern int64 *pkint_index_lost(PkintVault *vault, const PkintSource *gone, int ngone,
							   PkintHmacKey *key, uint64 *count);

#endif							/* PKINT_NAME_INDEX_H */
