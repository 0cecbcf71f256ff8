/*
 * source.h
 *	  Small helpers within the source room, and its calls to other rooms.
 */
#ifndef PKINT_SOURCE_H
#define PKINT_SOURCE_H

#include "postgres.h"
#include "src/core/compat.h"
#include "fmgr.h"

#include "src/source/code.h"

/* one init for each file that has settings or hooks */
extern void pkint_life_init(void);
extern void pkint_reveal_init(void);
extern void pkint_independent_init(void);
extern void pkint_forget_init(void);
extern void pkint_redact_init(void);

/* shown.c: marks that no rollback takes back */
extern bool pkint_mark_shown(int64 request);
extern bool pkint_count_contact(int leaf, int per_day);

/* source.c */
extern void pkint_source_init(void);
extern Oid	pkint_source_code_type(void);
extern bytea *pkint_bytea(const void *data, int len);
extern char *pkint_text_argument(FunctionCallInfo fcinfo, int n);
extern char *pkint_required_text(FunctionCallInfo fcinfo, int n, const char *name);
extern PkintSourceCode *pkint_required_code(FunctionCallInfo fcinfo, int n);
extern void pkint_refuse_in_transaction(const char *function);
extern bool pkint_is_blank(const char *string);
extern void pkint_require_custodian(const char *unit);
extern Oid	pkint_source_person(void);
extern void pkint_source_record(const char *event, const char *unit,
								const PkintSourceCode *code, const char *note);
extern void pkint_source_disclose(const char *event, const char *unit,
								  const PkintSourceCode *code, const char *note);

#endif							/* PKINT_SOURCE_H */
