/*
 * admission.h
 *	  Which tables functions look at in other people's names.
 */
#ifndef PKINT_ADMISSION_H
#define PKINT_ADMISSION_H

#include "postgres.h"

/* admission.c: a role that can log in and act as this one, or InvalidOid */
extern Oid	pkint_login_role_of(Oid role);

#endif							/* PKINT_ADMISSION_H */
