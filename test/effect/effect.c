/*
 * effect.c
 *	  How soon does a revocation bind, and does a row ever slip past it?
 *
 *		effect READERS FLIPS "reader's conninfo" "officer's conninfo" person
 *
 * READERS connections read a protected table without pause, half of them within
 * long REPEATABLE READ transactions, every fourth through a cursor with a sort.
 * Meanwhile the officer withdraws the person's clearance and gives it back,
 * FLIPS times.  A violation is an answer with rows to a statement that began
 * after the COMMIT of the withdrawal had returned and ended before the clearance
 * was given back.  The program prints their number, and how long after that
 * COMMIT statements that had begun before it still brought rows.  It exits with
 * 1 if there was a violation, with 2 if it could not do its work.
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_FLIPS 1000
#define MAX_LATE 100000

typedef struct Flip
{
	double		withdrawn;		/* COMMIT had returned */
	double		given_back;		/* about to be sent */
} Flip;

static Flip flips[MAX_FLIPS];
static atomic_int nflips;		/* withdrawals that have returned */
static atomic_int nclosed;		/* of these, given back */
static atomic_int stop;
static atomic_long answers;
static atomic_long refusals;
static atomic_long violations;
static double late[MAX_LATE];
static atomic_int nlate;

static const char *reader_conninfo;

static double
Now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000.0 + ts.tv_nsec / 1e6;
}

static PGconn *
Connect(const char *conninfo)
{
	PGconn	   *conn = PQconnectdb(conninfo);

	if (PQstatus(conn) != CONNECTION_OK)
	{
		fprintf(stderr, "%s", PQerrorMessage(conn));
		exit(2);
	}
	return conn;
}

/* Judge an answer with rows to a statement that ran from "began" to "ended". */
static void
Judge(double began, double ended)
{
	int			n = atomic_load(&nflips);

	for (int i = n - 1; i >= 0 && i >= n - 2; i--)
	{
		double		back = i < atomic_load(&nclosed) ? flips[i].given_back : 1e300;

		if (began >= flips[i].withdrawn && ended <= back)
			atomic_fetch_add(&violations, 1);
		else if (began < flips[i].withdrawn && ended > flips[i].withdrawn && ended <= back)
		{
			int			at = atomic_fetch_add(&nlate, 1);

			if (at < MAX_LATE)
				late[at] = ended - flips[i].withdrawn;
		}
	}
}

/* Run one statement; rows are judged, refusals counted. */
static int
Ask(PGconn *conn, const char *sql)
{
	double		began = Now();
	PGresult   *res = PQexec(conn, sql);
	double		ended = Now();
	int			ok = PQresultStatus(res) == PGRES_TUPLES_OK;

	if (ok && PQntuples(res) > 0 && strcmp(PQgetvalue(res, 0, 0), "0") != 0)
	{
		atomic_fetch_add(&answers, 1);
		Judge(began, ended);
	}
	if (!ok)
		atomic_fetch_add(&refusals, 1);
	PQclear(res);
	return ok;
}

static void
Do(PGconn *conn, const char *sql)
{
	PQclear(PQexec(conn, sql));
}

/* One reader, in the manner of its number. */
static void *
Reader(void *arg)
{
	long		number = (long) arg;
	PGconn	   *conn = Connect(reader_conninfo);

	while (!atomic_load(&stop))
	{
		if (number % 2 == 0)
		{
			Ask(conn, "SELECT count(*) FROM log");
			continue;
		}
		Do(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ");
		if (number % 4 == 1)
			Do(conn, "DECLARE c CURSOR FOR SELECT id FROM log ORDER BY what");
		for (int i = 0; i < 20 && !atomic_load(&stop); i++)
			if (!Ask(conn, number % 4 == 1 ? "FETCH 1 FROM c" : "SELECT count(*) FROM log"))
				break;
		Do(conn, "ROLLBACK");
	}
	PQfinish(conn);
	return NULL;
}

static void
Officer(PGconn *conn, const char *sql)
{
	PGresult   *res = PQexec(conn, sql);

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
	{
		fprintf(stderr, "%s", PQerrorMessage(conn));
		exit(2);
	}
	PQclear(res);
}

static void
Sleep(int ms)
{
	struct timespec ts = {ms / 1000, (ms % 1000) * 1000000L};

	nanosleep(&ts, NULL);
}

static int
ByValue(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	int			readers;
	int			rounds;
	pthread_t  *threads;
	PGconn	   *officer;
	char		withdraw[256];
	char		give[256];
	int			n;

	if (argc != 6)
	{
		fprintf(stderr, "usage: effect READERS FLIPS READER_CONNINFO OFFICER_CONNINFO PERSON\n");
		return 2;
	}
	readers = atoi(argv[1]);
	rounds = atoi(argv[2]) < MAX_FLIPS ? atoi(argv[2]) : MAX_FLIPS;
	reader_conninfo = argv[3];
	officer = Connect(argv[4]);
	snprintf(withdraw, sizeof(withdraw), "SELECT pkint.withdraw_clearance('%s')", argv[5]);
	snprintf(give, sizeof(give), "SELECT pkint.set_clearance('%s', 'CONFIDENTIAL')", argv[5]);
	threads = calloc(readers, sizeof(pthread_t));
	for (long i = 0; i < readers; i++)
		pthread_create(&threads[i], NULL, Reader, (void *) i);
	Sleep(300);
	for (int i = 0; i < rounds; i++)
	{
		Officer(officer, withdraw);
		flips[i].withdrawn = Now();
		atomic_fetch_add(&nflips, 1);
		Sleep(60);
		flips[i].given_back = Now();
		atomic_fetch_add(&nclosed, 1);
		Officer(officer, give);
		Sleep(60);
	}
	atomic_store(&stop, 1);
	for (int i = 0; i < readers; i++)
		pthread_join(threads[i], NULL);
	n = atomic_load(&nlate) < MAX_LATE ? atomic_load(&nlate) : MAX_LATE;
	qsort(late, n, sizeof(double), ByValue);
	printf("readers %d, flips %d, answers with rows %ld, refusals %ld\n", readers, rounds,
		   atomic_load(&answers), atomic_load(&refusals));
	printf("violations %ld\n", atomic_load(&violations));
	if (n > 0)
		printf("statements under way brought rows up to (ms after COMMIT): median %.2f, p90 %.2f, p99 %.2f, max %.2f (%d statements)\n",
			   late[n / 2], late[n * 9 / 10], late[n * 99 / 100], late[n - 1], n);
	PQfinish(officer);
	return atomic_load(&violations) > 0;
}
