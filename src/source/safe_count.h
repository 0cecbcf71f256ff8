/*
 * safe_count.h
 *	  Counts of people that do not single anybody out.
 */
#ifndef PKINT_SAFE_COUNT_H
#define PKINT_SAFE_COUNT_H

#include "postgres.h"

#include "src/keys/crypto.h"

/* People, by keyed hashes of what names them. */
typedef struct PkintPeople
{
	MemoryContext context;
	PkintHmacKey key;
	int64		count;
	int64		room;
	bool		sorted;
	uint64	   *hash;
} PkintPeople;

extern void pkint_safe_count_init(void);
extern int	pkint_minimum_count(void);
extern PkintPeople *pkint_people_new(MemoryContext context);
extern uint64 pkint_person_hash(const PkintPeople *people, const text *person);
extern void pkint_people_add(PkintPeople *people, uint64 hash);
extern int64 pkint_people_distinct(PkintPeople *people);

/* Answers given before, and those that are given now; between SPI_connect and SPI_finish. */
typedef struct PkintAnswers PkintAnswers;

extern PkintAnswers *pkint_answers_load(void);
extern int64 pkint_answer_for(PkintAnswers *answers, const PkintPeople *people);
extern void pkint_answers_record(PkintAnswers *answers);

#endif							/* PKINT_SAFE_COUNT_H */
