/*
 * standbys.h
 *	  Which servers have a copy of the keyring, and have they forgotten?
 */
#ifndef PKINT_STANDBYS_H
#define PKINT_STANDBYS_H

#include "postgres.h"
#include "access/xlogdefs.h"

struct Standby;

extern void pkint_standbys_init(void);
extern struct Standby *pkint_standbys_now(void);
extern void pkint_standbys_await(struct Standby *list, XLogRecPtr upto);

#endif							/* PKINT_STANDBYS_H */
