/*
 * read_text.h
 *	  What people write in the cells of a spreadsheet: numbers, coordinates,
 *	  dates.  Plain C that neither allocates nor raises.
 */
#ifndef PKINT_REGISTER_READ_TEXT_H
#define PKINT_REGISTER_READ_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* What may be wrong with a piece of text; READ_OK is none of them. */
typedef enum PkintReadFault
{
	READ_OK,
	READ_EMPTY,					/* nothing but blanks */
	READ_NOT_NUMBER,
	READ_NOT_WHOLE,				/* a count with decimals, or below nought */
	READ_TOO_LARGE,
	READ_NOT_COORDINATE,
	READ_IS_LATITUDE,			/* N or S where a longitude should stand */
	READ_IS_LONGITUDE,
	READ_BAD_MINUTES,			/* minutes or seconds of 60 and more */
	READ_NOT_DATE,
	READ_NO_SUCH_DAY,			/* 30 February */
	READ_NO_SUCH_MONTH,
	READ_NO_SUCH_TIME,			/* 25:00 */
	READ_YEAR_RANGE				/* before 1900 or after 2199 */
} PkintReadFault;

/* How long a time is that was written down. */
typedef enum PkintWhenUnit
{
	WHEN_YEAR,
	WHEN_MONTH,
	WHEN_DAY,
	WHEN_INSTANT
} PkintWhenUnit;

/* Order of day and month where it cannot be seen. */
typedef enum PkintDateOrder
{
	ORDER_DMY,
	ORDER_MDY,
	ORDER_EXCEL					/* days since 30 December 1899 */
} PkintDateOrder;

/* A date, or a date and time, as it was written. */
typedef struct PkintWhen
{
	PkintWhenUnit unit;
	int			year;
	int			month;			/* 1 to 12 */
	int			day;			/* 1 to 31 */
	int			hour;
	int			minute;
	int			second;
	bool		has_zone;
	int			zone_seconds;	/* east of Greenwich */
} PkintWhen;

extern PkintReadFault pkint_read_number(const char *s, size_t len, double *value);
extern PkintReadFault pkint_read_count(const char *s, size_t len, int *value);
extern PkintReadFault pkint_read_coordinate(const char *s, size_t len, bool latitude,
											double *degrees, double *half_unit);
extern PkintReadFault pkint_read_when(const char *s, size_t len, PkintDateOrder order,
									  PkintWhen *when);
extern PkintReadFault pkint_read_clock(const char *s, size_t len,
									   int *hour, int *minute, int *second);
extern int	pkint_days_in_month(int year, int month);

#endif							/* PKINT_REGISTER_READ_TEXT_H */
