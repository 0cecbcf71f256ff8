/*
 * audit.h
 *	  The record of decisions, refusals and disclosures.
 *
 * Two ways lead into it.  A decision is inserted into pkint.audit_inbox by
 * the transaction that takes it, and stands or falls with it.  What must be on
 * record whatever becomes of the transaction is appended to a spool file; one
 * loader takes both into the chained table pkint.audit_entry.
 */
#ifndef PKINT_AUDIT_H
#define PKINT_AUDIT_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"

/* An entry in the making: begin, add fields, write. */
extern void pkint_audit_begin(StringInfo entry, const char *kind, Oid person);
extern void pkint_audit_begin_named(StringInfo entry, const char *kind, Oid oid,
								  const char *person, const char *login);
extern void pkint_audit_text(StringInfo entry, const char *field, const char *value);
extern void pkint_audit_number(StringInfo entry, const char *field, int64 value);
extern void pkint_audit_relation(StringInfo entry, Oid relid);

/*
 * Append the entry to the spool.  With "wait" it is on disk when this returns.
 * Raises where the record cannot be kept: then nothing may be disclosed.
 */
extern void pkint_audit_write(StringInfo entry, bool wait);

/* Several entries with one write: collect them, then send. */
extern void pkint_audit_collect(StringInfo batch, StringInfo entry);
extern void pkint_audit_send(StringInfo batch, bool wait);

/* The same without waiting and without raising, for the end of a transaction. */
extern void pkint_audit_send_or_warn(StringInfo batch);

/* A refusal, at once; never raises. */
extern void pkint_audit_refusal(const char *what);

/* A statement begins; an error is on its way up.  Never raise. */
extern void pkint_audit_statement_begins(void);
extern void pkint_audit_failed(Oid person, const char *command, List *rtable);

/* After a command that commits what another session decided: have the loader come. */
extern void pkint_audit_after_utility(Node *command);

/* For src/pkint.c */
extern void pkint_audit_init(void);
extern void pkint_audit_shmem_request(void);
extern void pkint_audit_shmem_startup(void);

#endif							/* PKINT_AUDIT_H */
