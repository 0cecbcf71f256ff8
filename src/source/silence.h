/*
 * silence.h
 *	  Keeping what is said about sources out of logs and statistics (T35).
 */
#ifndef PKINT_SILENCE_H
#define PKINT_SILENCE_H

#include "postgres.h"

extern void pkint_silence_init(void);
extern void pkint_silence(void);

#endif							/* PKINT_SILENCE_H */
