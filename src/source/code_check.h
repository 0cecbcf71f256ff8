/*
 * code_check.h
 *	  The check symbols of a source's code, and its alphabet; pure C.
 */
#ifndef PKINT_CODE_CHECK_H
#define PKINT_CODE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKINT_CODE_BYTES	5	/* 40 bits */
#define PKINT_CODE_SYMBOLS	8	/* of five bits each */
#define PKINT_CODE_CHECKS	2
#define PKINT_CODE_UNIT_MAX 31

typedef enum PkintCodeFault
{
	PKINT_CODE_GOOD = 0,
	PKINT_CODE_NO_UNIT,
	PKINT_CODE_BAD_UNIT,
	PKINT_CODE_BAD_SYMBOL,
	PKINT_CODE_BAD_LENGTH,
	PKINT_CODE_BAD_CHECK
} PkintCodeFault;

typedef struct PkintCodeParts
{
	uint8_t		code[PKINT_CODE_BYTES];
	char		unit[PKINT_CODE_UNIT_MAX + 1];
} PkintCodeParts;

/* unit, colon, ten symbols, two dashes, end */
#define PKINT_CODE_TEXT_MAX (PKINT_CODE_UNIT_MAX + 1 + 12 + 1)

extern PkintCodeFault pkint_code_parse(const char *text, size_t len, PkintCodeParts *parts);
extern void pkint_code_print(const PkintCodeParts *parts, char out[PKINT_CODE_TEXT_MAX]);
extern bool pkint_code_unit_valid(const char *unit, size_t len);
extern void pkint_code_checks(const char *unit, const uint8_t data[PKINT_CODE_SYMBOLS],
							  uint8_t checks[PKINT_CODE_CHECKS]);

#endif							/* PKINT_CODE_CHECK_H */
