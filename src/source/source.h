/*
 * source.h
 *	  Small helpers within the source room, and its calls to other rooms.
 */
#ifndef PKINT_SOURCE_H
#define PKINT_SOURCE_H

#include "postgres.h"
#include "fmgr.h"

#include "src/source/code.h"

/* source.c */
extern void pkint_source_init(void);
extern Oid	pkint_source_code_type(void);
extern bytea *pkint_bytea(const void *data, int len);
extern char *pkint_text_argument(FunctionCallInfo fcinfo, int n);
extern char *pkint_required_text(FunctionCallInfo fcinfo, int n, const char *name);
extern PkintSourceCode *pkint_required_code(FunctionCallInfo fcinfo, int n);
extern bool pkint_is_blank(const char *string);
extern void pkint_require_custodian(const char *unit);
extern Oid	pkint_source_person(void);
extern void pkint_source_record(const char *event, const char *unit,
								const PkintSourceCode *code, const char *note);

#endif							/* PKINT_SOURCE_H */
