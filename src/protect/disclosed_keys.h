/*
 * disclosed_keys.h
 *	  Which rows were disclosed, for the caveats that the mission lists.
 *
 * Private to the room.
 */
#ifndef PKINT_DISCLOSED_KEYS_H
#define PKINT_DISCLOSED_KEYS_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "src/core/key_text.h"
#include "src/protect/disclosure.h"

extern void pkint_keys_of_caveats(List *caveats);
extern bool pkint_keys_wanted(const struct varlena *label);
extern void pkint_key_disclosed(PkintDisclosure *disclosure, Oid relid,
								const struct varlena *label, const char *key);
extern bool pkint_keys_wait(void);
extern void pkint_keys_collect(void);
extern void pkint_keys_kept(void);
extern void pkint_keys_statement_ends(void);

#endif							/* PKINT_DISCLOSED_KEYS_H */
