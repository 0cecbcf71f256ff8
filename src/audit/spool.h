/*
 * spool.h
 *	  Where entries wait on disk for the loader.
 *
 * Private to the audit room.
 */
#ifndef PKINT_SPOOL_H
#define PKINT_SPOOL_H

#include "postgres.h"

#include "port/pg_crc32c.h"

#define SPOOL_DIRECTORY "pkint_spool"
#define SPOOL_MAGIC 0x504b4931	/* before each entry: "PKI1" */

/* Before each entry in the file. */
typedef struct SpoolHeader
{
	uint32		magic;
	uint32		len;			/* bytes that follow */
	pg_crc32c	crc;			/* of those bytes */
} SpoolHeader;

extern bool pkint_spool_is_there(void);
extern bool pkint_spool_is_full(void);
extern uint64 pkint_spool_segment(void);
extern uint64 pkint_spool_rotate(void);
extern void pkint_spool_name(char *path, size_t size, Oid database, uint64 segment);
extern bool pkint_spool_parse_name(const char *name, Oid *database, uint64 *segment);
extern void pkint_spool_freed(uint64 bytes);
extern void pkint_spool_wake(void);
extern void pkint_spool_tick(void);
extern void pkint_spool_loader_here(void);

extern void pkint_record_init(void);
extern void pkint_loader_init(void);

#endif							/* PKINT_SPOOL_H */
