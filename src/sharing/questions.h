/*
 * questions.h
 *	  How often somebody asked today.
 *
 * Private to the room, but for the hooks.
 */
#ifndef PKINT_QUESTIONS_H
#define PKINT_QUESTIONS_H

extern void pkint_questions_init(void);
extern void pkint_questions_shmem_request(void);
extern void pkint_questions_shmem_startup(void);

#endif							/* PKINT_QUESTIONS_H */
