/*
 * sharing.h
 *	  Acts on rows: requests, grants, orders, agreements, changes of label.
 */
#ifndef PKINT_SHARING_H
#define PKINT_SHARING_H

#include "src/core/compat.h"

#include "commands/trigger.h"

/* share.c: share orders and agreements follow the rows */
extern void pkint_share_wrote(TriggerData *trigdata);
extern void pkint_share_settle(void);
extern void pkint_share_forget(void);

/* sharing.c, for src/pkint.c */
extern void pkint_sharing_init(void);

#endif							/* PKINT_SHARING_H */
