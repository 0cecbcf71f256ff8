/*
 * secret.h
 *	  Memory for keys: neither swapped, nor dumped, nor read by a debugger.
 */
#ifndef PKINT_SECRET_H
#define PKINT_SECRET_H

#include <stddef.h>

extern void *pkint_secret_map(size_t size, const char **how);
extern void pkint_secret_unmap(void *start, size_t size);
extern void pkint_make_undumpable(void);

#endif							/* PKINT_SECRET_H */
