/*
 * loader.h
 *	  Taking entries in: from the spool and the inbox into the record.
 *
 * Private to the audit room.
 */
#ifndef PKINT_LOADER_H
#define PKINT_LOADER_H

#include "postgres.h"

#include "src/audit/log.h"
#include "src/audit/spool.h"

/* inbox.c: between SPI_connect and SPI_finish not */
extern void pkint_inbox_take(AuditLog *log, const uint8 *numbers, size_t len);
extern uint64 pkint_inbox_take_rest(AuditLog *log);

/* aside.c */
extern void pkint_spool_put_aside(const char *name, const char *why);
extern void pkint_spool_remove(const SpoolFile *file);

/* launcher.c: start the loader of a database; false where no worker is free */
typedef struct BackgroundWorkerHandle BackgroundWorkerHandle;
extern bool pkint_loader_start(Oid database, BackgroundWorkerHandle **handle);

#endif							/* PKINT_LOADER_H */
