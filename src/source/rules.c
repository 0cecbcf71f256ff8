/*
 * rules.c
 *	  The rules for human sources (R73 to R78).
 *
 * Each refusal names its rule.  None repeats what was typed.
 */
#include "src/core/clock.h"
#include "src/source/rules.h"

#include <ctype.h>

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "src/source/names.h"
#include "src/source/source.h"

/* Fields of an identity that may not be there, in folded spelling. */
static const char *const birth_fields[] = {
	"birthdate", "dateofbirth", "dob", "birthday", "born", "bornon", "datedenaissance", "naissance"
};
static const char *const payment_fields[] = {
	"payment", "payments", "paid", "salary", "wage", "wages", "fee", "reward", "remuneration",
	"compensation", "stipend", "paiement", "salaire", "bankaccount", "mobilemoney"
};
static const char *const task_fields[] = {
	"task", "tasks", "tasking", "tasked", "assignment", "tache", "taches"
};

/* Is the word in the list? */
static bool
InList(const char *word, const char *const *list, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

/* A key of an identity in folded spelling, all in one word. */
static char *
FoldKey(const JsonbValue *key)
{
	char	   *folded = pkint_fold_name(key->val.string.val, key->val.string.len);
	char	   *out = folded;

	for (char *p = folded; *p; p++)
		if (*p != ' ')
			*out++ = *p;
	*out = '\0';
	return folded;
}

/* Refuse fields that the rules forbid to keep. */
static void
CheckKey(const JsonbValue *key)
{
	char	   *folded = FoldKey(key);

	if (InList(folded, birth_fields, lengthof(birth_fields)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("no birth date of a source is kept (rule R73)"),
				 errhint("Leave the field out; that the source is an adult is attested by the argument \"adult\".")));
	if (InList(folded, payment_fields, lengthof(payment_fields)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("sources are not paid (rule R77)"),
				 errhint("Leave the field out; help other than money is recorded with a meeting.")));
	if (InList(folded, task_fields, lengthof(task_fields)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("sources are not tasked (rule R76)"),
				 errhint("Leave the field out; a source tells what he chooses to tell.")));
}

/* Refuse a stated age below eighteen. */
static void
CheckAge(const char *folded_key, const JsonbValue *value)
{
	if (strcmp(folded_key, "age") == 0 && value->type == jbvNumeric &&
		DatumGetFloat8(DirectFunctionCall1(numeric_float8, NumericGetDatum(value->val.numeric))) < 18)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("a source must be an adult (rule R73)"),
				 errhint("Minors are not registered; turn to the child protection adviser.")));
}

/* Refuse values that are neither scalars nor lists of scalars. */
static void
CheckNoObject(JsonbIteratorToken token, int depth)
{
	if ((token == WJB_BEGIN_OBJECT && depth > 0) ||
		(token == WJB_BEGIN_ARRAY && depth > 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a field of the identity must be a single value or a list of them"),
				 errhint("Write, for example, {\"name\": \"...\", \"aliases\": [\"...\"], \"contact\": \"...\"}.")));
}

/* Refuse an identity without a name that anything is left of. */
static void
CheckName(Jsonb *identity)
{
	JsonbValue	name;

	if (getKeyJsonValueFromContainer(&identity->root, "name", 4, &name) == NULL ||
		name.type != jbvString ||
		pkint_fold_name(name.val.string.val, name.val.string.len)[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the identity has no name"),
				 errhint("Give at least {\"name\": \"...\"}; \"aliases\", \"contact\" and others may follow.")));
}

/* Check what an identity is made of. */
void
pkint_check_identity(Jsonb *identity)
{
	JsonbIterator *it;
	JsonbValue	value;
	JsonbIteratorToken token;
	char	   *key = NULL;
	int			depth = 0;

	if (!JB_ROOT_IS_OBJECT(identity))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the identity must be a JSON object"),
				 errhint("Give at least {\"name\": \"...\"}.")));
	it = JsonbIteratorInit(&identity->root);
	while ((token = JsonbIteratorNext(&it, &value, false)) != WJB_DONE)
	{
		CheckNoObject(token, depth);
		if (token == WJB_BEGIN_OBJECT || token == WJB_BEGIN_ARRAY)
			depth++;
		else if (token == WJB_END_OBJECT || token == WJB_END_ARRAY)
			depth--;
		else if (token == WJB_KEY)
		{
			CheckKey(&value);
			key = FoldKey(&value);
		}
		else if (token == WJB_VALUE && key)
			CheckAge(key, &value);
	}
	CheckName(identity);
}

/* R73: sources are adults, and somebody attests to it. */
void
pkint_check_adult(bool null, bool adult)
{
	if (null || !adult)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("a source must be an adult (rule R73)"),
				 errdetail("The argument \"adult\" was not true."),
				 errhint("Attest that the source is an adult, or do not register; turn to the child protection adviser for a minor.")));
}

/* A date written YYYY-MM-DD at this place, as a day number. */
static bool
DateAt(const char *p, int *day)
{
	int			number[3] = {0, 0, 0};
	static const int digits[] = {4, 2, 2};

	for (int part = 0; part < 3; part++)
	{
		for (int i = 0; i < digits[part]; i++, p++)
		{
			if (!isdigit((unsigned char) *p))
				return false;
			number[part] = number[part] * 10 + (*p - '0');
		}
		if (part < 2 && *p++ != '-')
			return false;
	}
	if (number[0] < 1900 || number[1] < 1 || number[1] > 12 || number[2] < 1 ||
		number[2] > day_tab[isleap(number[0])][number[1] - 1])
		return false;
	*day = date2j(number[0], number[1], number[2]);
	return !isdigit((unsigned char) *p);
}

/* The day number of today. */
static int
Today(void)
{
	return DatumGetDateADT(DirectFunctionCall1(timestamptz_date,
											   TimestampTzGetDatum(pkint_clock()))) +
		POSTGRES_EPOCH_JDATE;
}

/*
 * Find the dates of a consent: when it was given and, if written, its last
 * day.  Returns how many there are; *id tells whether a record id stands
 * before them.
 */
static int
ConsentDates(const char *consent, int day[2], bool *id)
{
	int			count = 0;

	*id = false;
	for (const char *p = consent; *p && count < 2; p++)
	{
		bool		starts = p == consent || !isalnum((unsigned char) p[-1]);

		if (starts && DateAt(p, &day[count]))
		{
			count++;
			p += 9;
		}
		else if (count == 0 && isdigit((unsigned char) *p))
			*id = true;
	}
	return count;
}

/*
 * R74: officials of the host state only with a consent in force, cited by its
 * record id and date, and by its last day where it has one.
 */
void
pkint_check_official(bool null, bool official, const char *consent)
{
	int			day[2];
	int			count;
	bool		id;

	if (null)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("it must be stated whether the source is an official of the host state (rule R74)")));
	if (consent && strlen(consent) > PKINT_CONSENT_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the consent is longer than %d bytes", PKINT_CONSENT_MAX),
				 errhint("Cite the record by its id and date; do not copy it.")));
	if (!official)
		return;
	count = consent ? ConsentDates(consent, day, &id) : 0;
	if (count == 0 || !id)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("an official of the host state takes a written consent of that state (rule R74)"),
				 errhint("Cite the record by its id and date, and its last day if it has one, for example 'NV-2022/117 2022-03-01/2023-02-28'.")));
	if (day[0] > Today() || (count == 2 && day[1] < Today()))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("the consent of the host state is not in force today (rule R74)"),
				 errhint("Ask the legal adviser for a consent that is in force.")));
}
