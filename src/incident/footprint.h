/*
 * footprint.h
 *	  Where and when something happened, as exactly as it is known.
 *
 * A footprint is a point with an error radius and a time range.  The struct is
 * what lies on disk: 48 bytes, double aligned, padding always zero, longitude
 * in [-180, 180) and 0 at the poles, no negative zero and no NaN, so that equal
 * footprints are equal byte by byte.
 */
#ifndef PKINT_FOOTPRINT_H
#define PKINT_FOOTPRINT_H

#include "src/core/compat.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/rangetypes.h"

/* Half the equator: no two places on earth are further apart. */
#define PKINT_RADIUS_MAX 20037508.342789244

typedef struct PkintFootprint
{
	double		lon;			/* degrees */
	double		lat;
	double		radius;			/* metres */
	TimestampTz from;			/* first instant */
	TimestampTz until;			/* first instant after; = from: one instant */
	uint8		place_kind;		/* PkintPlaceKind */
	uint8		time_kind;		/* PkintTimeKind */
	uint8		zero[6];
} PkintFootprint;

StaticAssertDecl(sizeof(PkintFootprint) == 48, "a footprint has 48 bytes");

/* How the place is known. On disk: never renumber. */
typedef enum PkintPlaceKind
{
	PKINT_PLACE_EXACT,
	PKINT_PLACE_NEAR,
	PKINT_PLACE_MGRS0,			/* a square of 100 km ... */
	PKINT_PLACE_MGRS1,
	PKINT_PLACE_MGRS2,
	PKINT_PLACE_MGRS3,
	PKINT_PLACE_MGRS4,
	PKINT_PLACE_MGRS5,			/* ... of 1 m */
	PKINT_PLACE_GRIDZONE,
	PKINT_PLACE_TOWN,
	PKINT_PLACE_ADMIN2,
	PKINT_PLACE_ADMIN1,
	PKINT_PLACE_AREA,
	PKINT_PLACE_COUNTRY,
	PKINT_PLACE_WATER,
	PKINT_PLACE_KINDS
} PkintPlaceKind;

/* How the time is known. On disk: never renumber. */
typedef enum PkintTimeKind
{
	PKINT_TIME_EXACT,
	PKINT_TIME_HOUR,
	PKINT_TIME_DAY,
	PKINT_TIME_DAYS,
	PKINT_TIME_WEEK,
	PKINT_TIME_MONTH,
	PKINT_TIME_YEAR,
	PKINT_TIME_KINDS
} PkintTimeKind;

#define DatumGetFootprintP(d) ((PkintFootprint *) DatumGetPointer(d))
#define PG_GETARG_FOOTPRINT_P(n) DatumGetFootprintP(PG_GETARG_DATUM(n))
#define PG_RETURN_FOOTPRINT_P(p) PG_RETURN_POINTER(p)

/*
 * Do two time ranges overlap?  Ranges are half open; one of no length is an
 * instant and is contained like a point.
 */
static inline bool
pkint_times_overlap(TimestampTz from1, TimestampTz until1,
					TimestampTz from2, TimestampTz until2)
{
	if (from1 == until1)
		return from2 <= from1 && (from1 < until2 || from2 == from1);
	if (from2 == until2)
		return from1 <= from2 && from2 < until1;
	return from1 < until2 && from2 < until1;
}

/* footprint.c */
extern const char *pkint_footprint_fault(double lon, double lat, double radius,
										 TimestampTz from, TimestampTz until);
extern void pkint_footprint_set(PkintFootprint *f, double lon, double lat,
								double radius, TimestampTz from,
								TimestampTz until, int place_kind,
								int time_kind);
extern PkintFootprint *pkint_footprint_make(double lon, double lat,
											double radius, TimestampTz from,
											TimestampTz until, int place_kind,
											int time_kind);
extern bool pkint_range_times(const RangeType *range, TimestampTz *from,
							  TimestampTz *until);
extern RangeType *pkint_times_range(TimestampTz from, TimestampTz until);
pkint_noreturn extern void pkint_range_fault(void);

/* footprint_io.c */
extern const char *pkint_place_kind_name(int kind);
extern const char *pkint_time_kind_name(int kind);
extern int	pkint_place_kind(const char *name, int len);
extern int	pkint_time_kind(const char *name, int len);
extern int	pkint_footprint_compare(const PkintFootprint *a,
									const PkintFootprint *b);

#endif							/* PKINT_FOOTPRINT_H */
