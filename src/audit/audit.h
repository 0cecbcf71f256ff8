/*
 * audit.h
 *	  The record of decisions, refusals and disclosures.
 *
 * Two ways lead into it.  A decision is inserted into pkint.audit_inbox by
 * the transaction that takes it, and stands or falls with it.  What must be on
 * record whatever becomes of the transaction is appended to a spool file; one
 * loader takes both into pkint.audit_log, as the bytes that were written.
 *
 * Callers hand values; what an entry looks like is entry.h's business.
 */
#ifndef PKINT_AUDIT_H
#define PKINT_AUDIT_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"

/*
 * Who acts.  Names are taken while catalogs can be read, and told whenever,
 * also while a transaction aborts.
 */
typedef struct PkintAuditWho
{
	Oid			person;			/* who acts or reads: a token's person, or the role acted in */
	Oid			login;			/* who proved who they are when they connected */
	Oid			session;		/* after SET SESSION AUTHORIZATION another */
	Oid			role;			/* acted in, after SET ROLE */
	char		person_name[NAMEDATALEN];
	char		login_name[NAMEDATALEN];
	char		session_name[NAMEDATALEN];
	char		role_name[NAMEDATALEN];
} PkintAuditWho;

extern void pkint_audit_who(PkintAuditWho *who, Oid person);

/* The reader's room says whose token holds now; InvalidOid for none. */
extern void pkint_audit_ask_for_person(Oid (*acting) (void));

/*
 * Disclosures: open, put any number, close.  With may_raise an error tells
 * that the record cannot be kept, and then nothing may be disclosed; "wait"
 * puts it on disk before pkint_audit_close() returns.  Without, as when a
 * transaction aborts, nothing raises, waits or allocates: what cannot be
 * written is warned of.  relation is a qualified name; label is detoasted,
 * or NULL.  More intents or reads than a person may have noted one by one in a
 * minute are summed up in one entry.
 */
extern void pkint_audit_open(bool may_raise);
extern void pkint_audit_intent(const PkintAuditWho *who, const char *relation,
							   const struct varlena *label);
extern void pkint_audit_read(const PkintAuditWho *who, const char *relation,
							 const struct varlena *label, uint64 rows);
extern void pkint_audit_keys(const PkintAuditWho *who, const char *relation,
							 const struct varlena *label, const char *keys, size_t len);
extern void pkint_audit_close(bool wait);

/* One more key for pkint_audit_keys(); at most 64 kB long. */
extern void pkint_audit_pack_key(StringInfo keys, const char *key, size_t len);

/* A refusal, at once; never raises. */
extern void pkint_audit_refusal(const char *what);

/* A statement begins, on these tables; an error is on its way up.  Never raise. */
extern void pkint_audit_statement_begins(List *rtable);
extern void pkint_audit_failed(Oid person, const char *command, List *rtable);

/* After a command that commits what another session decided: have the loader come. */
extern void pkint_audit_after_utility(Node *command);

/* For src/pkint.c */
extern void pkint_audit_init(void);
extern void pkint_audit_shmem_request(void);
extern void pkint_audit_shmem_startup(void);

#endif							/* PKINT_AUDIT_H */
