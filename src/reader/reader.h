/*
 * reader.h
 *	  Who is asking, what duties they have, and what they may read.
 *
 * Reading goes by the current user, exactly that role without inheritance.
 * Decisions are taken under the name that logged in.
 */
#ifndef PKINT_READER_H
#define PKINT_READER_H

#include "src/core/compat.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

/* Duties, as written in pkint.appointment. */
#define PKINT_SECURITY_OFFICER	"security_officer"
#define PKINT_HEAD_OF_MISSION	"head_of_mission"
#define PKINT_RELEASE_OFFICER	"release_officer"
#define PKINT_SOURCE_CUSTODIAN	"source_custodian"
#define PKINT_AUDITOR			"auditor"

/* identity.c */
extern Oid	pkint_reading_person(void);
extern Oid	pkint_decider(void);
extern Oid	pkint_deciding_person(void);
extern bool pkint_has_duty(Oid person, const char *duty, const char *unit);
extern void pkint_require_duty(const char *duty, const char *unit);
extern char *pkint_holder_names(const char *duty, const char *unit);
extern void pkint_become_owner_of(Oid relid);

/* decide.c: label is detoasted, perhaps with a short header */
extern bool pkint_may_read(const struct varlena *label);

/* whoami.c: where a person belongs, which is not whose rows they read */
extern bool pkint_is_in_unit(Oid person, const char *unit);
extern List *pkint_units_of(Oid person);

/* act_as.c */
extern const Oid *pkint_acting_slot;
extern Oid	pkint_acting_person(void);
extern void pkint_act_as_forget(void);
extern void pkint_act_as_subabort(SubTransactionId subid);
extern void pkint_act_as_subcommit(SubTransactionId subid, SubTransactionId parent);
extern void pkint_act_as_shmem_request(void);
extern void pkint_act_as_shmem_startup(void);

/* reader.c, for src/pkint.c */
extern void pkint_reader_init(void);
extern void pkint_reader_before_start(void);
extern void pkint_reader_failed(const char *command, List *rtable);

#endif							/* PKINT_READER_H */
