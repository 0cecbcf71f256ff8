/*
 * register.h
 *	  What src/pkint.c calls of the register room.
 */
#ifndef PKINT_REGISTER_H
#define PKINT_REGISTER_H

extern void pkint_register_init(void);

#endif							/* PKINT_REGISTER_H */
