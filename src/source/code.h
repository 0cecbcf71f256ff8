/*
 * code.h
 *	  The type pkint.source_code: the pseudonym of a source for one unit.
 */
#ifndef PKINT_SOURCE_CODE_H
#define PKINT_SOURCE_CODE_H

#include "postgres.h"
#include "fmgr.h"

#include "src/source/code_check.h"

/* A varlena of the five bytes of the code and the characters of the unit. */
typedef struct varlena PkintSourceCode;

#define DatumGetSourceCodePP(d) ((PkintSourceCode *) PG_DETOAST_DATUM_PACKED(d))
#define PG_GETARG_SOURCE_CODE_PP(n) DatumGetSourceCodePP(PG_GETARG_DATUM(n))

extern PkintSourceCode *pkint_source_code_make(const PkintCodeParts *parts);
extern void pkint_source_code_parts(const PkintSourceCode *code, PkintCodeParts *parts);
extern int	pkint_source_code_compare(const PkintSourceCode *a, const PkintSourceCode *b);

#endif							/* PKINT_SOURCE_CODE_H */
