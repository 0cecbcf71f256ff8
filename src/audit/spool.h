/*
 * spool.h
 *	  Where entries wait on disk for the loader.
 *
 * Private to the audit room.
 */
#ifndef PKINT_SPOOL_H
#define PKINT_SPOOL_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "port/atomics.h"

#include "src/audit/audit.h"
#include "src/audit/entry.h"

#define SPOOL_DIRECTORY "pkint_spool"

/* Files that nobody may take in go here, and stay. */
#define SPOOL_ASIDE "pkint_spool_aside"

/* Which file: of a database, in a run of the server, by number from 1. */
typedef struct SpoolFile
{
	Oid			database;
	uint64		stream;
	uint64		nonce;
	uint64		segment;
} SpoolFile;

/* What stands in the way of the loader of a database. */
typedef enum SpoolTrouble
{
	SPOOL_NO_TROUBLE,
	SPOOL_NO_SLOT,				/* no background worker is free */
	SPOOL_FAILED,				/* the loader raised, or took too long */
	SPOOL_NO_KEY				/* a file is sealed by a key that is not here */
} SpoolTrouble;

/* How a database stands with its spool, for whoever asks. */
typedef struct SpoolState
{
	uint64		waiting;		/* bytes that are not loaded */
	TimestampTz since;			/* when the oldest of them came */
	uint64		passes;			/* how often the loader came to its end */
	SpoolTrouble trouble;
	TimestampTz trouble_since;
} SpoolState;

/* spool.c */
extern void pkint_spool_shmem_request(void);
extern void pkint_spool_shmem_startup(void);
extern bool pkint_spool_is_there(void);
extern bool pkint_spool_is_full(void);
extern bool pkint_spool_append(uint8 *entries, size_t len, bool wait_for_room);
extern bool pkint_spool_sync(void);
extern void pkint_spool_cannot(void) pg_attribute_noreturn();
extern void pkint_spool_settings(void);
extern void pkint_spool_head(PkintEntryHead *head, uint8 type);

extern void pkint_spool_path(char *path, size_t size, const SpoolFile *file);
extern bool pkint_spool_parse_name(const char *name, SpoolFile *file);
extern bool pkint_spool_is_current(const SpoolFile *file);
extern bool pkint_spool_is_of_this_run(const SpoolFile *file);
extern void pkint_spool_this_run(SpoolFile *file);
extern uint64 pkint_spool_rotate(void);
extern void pkint_spool_freed(Oid database, uint64 bytes);

extern void pkint_spool_look(Oid database, SpoolState *state);
extern void pkint_spool_passed(TimestampTz began);
extern bool pkint_spool_in_trouble(Oid database, SpoolTrouble trouble);
extern void pkint_spool_forget(Oid database);

extern void pkint_spool_wake(void);
extern void pkint_spool_launcher_here(void);

/* batch.c: entries on their way to the spool */
extern void pkint_audit_put(PkintEntryHead *head, const PkintAuditWho *who,
							const struct varlena *label,
							const PkintEntryField *more, int nmore);

extern Oid	pkint_audit_person(void);
extern int	pkint_audit_fields(PkintEntryHead *head, const PkintAuditWho *who,
							   const struct varlena *label, PkintEntryField *fields);
extern void pkint_audit_too_large(size_t size) pg_attribute_noreturn();
extern PkintEntryField pkint_audit_field(PkintEntryTag tag, const char *string);

/* record.c, refusal.c, launcher.c */
extern void pkint_record_init(void);
extern void pkint_refusal_init(void);
extern void pkint_launcher_init(void);

#endif							/* PKINT_SPOOL_H */
