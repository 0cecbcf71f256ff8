/*
 * server.h
 *	  The few functions of the server that a fuzz target over server code needs:
 *	  memory is malloc's, so that the sanitizers see it, and an error is a jump.
 */
#ifndef PKINT_FUZZ_SERVER_H
#define PKINT_FUZZ_SERVER_H

#include "postgres.h"

#include <setjmp.h>

#include "miscadmin.h"

/* the server has its own; here it is the C library's */
#undef fprintf

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

volatile sig_atomic_t InterruptPending = false;
static jmp_buf raised;
static int	raised_code;
static int	raised_messages;

void
ProcessInterrupts(void)
{
}

void *
palloc(Size size)
{
	return malloc(size > 0 ? size : 1);
}

void
pfree(void *pointer)
{
	free(pointer);
}

bool
errstart(int elevel, const char *domain)
{
	raised_code = 0;
	raised_messages = 0;
	return true;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

int
errcode(int sqlerrcode)
{
	return raised_code = sqlerrcode;
}

int
errmsg(const char *fmt,...)
{
	return ++raised_messages;
}

int
errhint(const char *fmt,...)
{
	return 0;
}

int
errdetail(const char *fmt,...)
{
	return 0;
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	longjmp(raised, 1);
}

#endif							/* PKINT_FUZZ_SERVER_H */
