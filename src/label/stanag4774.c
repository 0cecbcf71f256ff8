/*
 * stanag4774.c
 *	  Labels as confidentiality labels of STANAG 4774, for exchange.
 *
 * Written strictly, in one way only:
 *
 *		originatorConfidentialityLabel
 *			ConfidentialityInformation
 *				PolicyIdentifier	UN
 *				Classification		the level
 *				Category RESTRICTIVE	the caveats, if there are any
 *				Category PERMISSIVE		the audience; ALL and NONE are written out
 *				Category INFORMATIVE	the originators; NONE is written out
 *
 * Read leniently: any prefix, any order, levels by any of their names, an
 * OriginatorID in place of the originators, other INFORMATIVE categories
 * passed over.  But nothing that restricts is passed over, and an audience is
 * never guessed: where STANAG 4774 takes a missing PERMISSIVE category for no
 * restriction, it is an error here unless there are originators.
 *
 * What comes from outside is small, has no document type, and so no entities;
 * everything else is refused before the parser sees it or as soon as it does.
 */
#include "src/label/label.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/xml.h"

PG_FUNCTION_INFO_V1(pkint_to_stanag4774);
PG_FUNCTION_INFO_V1(pkint_from_stanag4774);

#define NAMESPACE "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define MAX_XML (1024 * 1024)
#define MAX_DEPTH 16
#define MAX_VALUES (3 * PKINT_CODES_MAX + 64)

/* Codes collected from a document. */
typedef struct Collected
{
	int			count;
	int			size;
	const char **code;
	bool		given;
} Collected;

/* What a document said. */
typedef struct Reading
{
	char	   *policy;
	char	   *level;
	Collected	caveats;
	Collected	units;
	Collected	originators;
	char	   *originator_id;
	int			values;
	const char *problem;		/* NULL as long as all is well */
	char	   *culprit;		/* the value that the problem is with, or NULL */
} Reading;

/* --- writing ------------------------------------------------------------- */

/* A category with its values; codes need no escaping. */
static void
AppendCategory(StringInfo out, const char *tag, const char *type,
			   const PkintCodes *codes)
{
	appendStringInfo(out, "<Category TagName=\"%s\" Type=\"%s\">", tag, type);
	if (codes->all || codes->count == 0)
		appendStringInfo(out, "<GenericValue>%s</GenericValue>",
						 codes->all ? "ALL" : "NONE");
	else
		for (const char *code = pkint_codes_first(codes); code != NULL;
			 code = pkint_codes_next(codes, code))
			appendStringInfo(out, "<GenericValue>%s</GenericValue>", code);
	appendStringInfoString(out, "</Category>");
}

/* to_stanag4774(label) */
Datum
pkint_to_stanag4774(PG_FUNCTION_ARGS)
{
	PkintMarking m;
	StringInfoData out;

	if (!pkint_label_open(PG_GETARG_PKINT_LABEL(0), &m))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored label is damaged")));
	initStringInfo(&out);
	appendStringInfo(&out, "<originatorConfidentialityLabel xmlns=\"%s\">"
					 "<ConfidentialityInformation>"
					 "<PolicyIdentifier>UN</PolicyIdentifier>"
					 "<Classification>%s</Classification>",
					 NAMESPACE, pkint_level_name(m.level));
	if (m.caveats.count > 0)
		AppendCategory(&out, "Caveat", "RESTRICTIVE", &m.caveats);
	AppendCategory(&out, "Releasable To", "PERMISSIVE", &m.units);
	AppendCategory(&out, "Originator", "INFORMATIVE", &m.originators);
	appendStringInfoString(&out, "</ConfidentialityInformation>"
						   "</originatorConfidentialityLabel>");
	PG_RETURN_XML_P((xmltype *) cstring_to_text_with_len(out.data, out.len));
}

/* --- reading ------------------------------------------------------------- */

/* Note the first problem. */
static void
Complain(Reading *reading, const char *problem, const char *culprit)
{
	if (reading->problem != NULL)
		return;
	reading->problem = problem;
	if (culprit != NULL)
	{
		size_t		len = pg_mbcliplen(culprit, strlen(culprit), 60);

		reading->culprit = pnstrdup(culprit, len);
	}
}

/* Is this an element of ours with this name? */
static bool
IsElement(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
		strcmp((const char *) node->name, name) == 0 &&
		node->ns != NULL && node->ns->href != NULL &&
		strcmp((const char *) node->ns->href, NAMESPACE) == 0;
}

/* The text of an element, without the blanks around it; palloc'd. */
static char *
TextOf(Reading *reading, const xmlNode *node)
{
	StringInfoData out;
	char	   *start;

	initStringInfo(&out);
	for (const xmlNode *child = node->children; child != NULL; child = child->next)
	{
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			appendStringInfoString(&out, (const char *) child->content);
		else if (child->type != XML_COMMENT_NODE && child->type != XML_PI_NODE)
			Complain(reading, gettext_noop("holds something other than text in the element"), (const char *) node->name);
	}
	start = out.data;
	while (*start == ' ' || *start == '\t' || *start == '\n' || *start == '\r')
		start++;
	out.len = (int) strlen(start);
	while (out.len > 0 && strchr(" \t\n\r", start[out.len - 1]) != NULL)
		start[--out.len] = '\0';
	return start;
}

/* Keep a code, in capital letters. */
static void
Collect(Reading *reading, Collected *list, char *code)
{
	list->given = true;
	if (++reading->values > MAX_VALUES)
	{
		Complain(reading, gettext_noop("holds too many values"), NULL);
		return;
	}
	for (char *c = code; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c += 'A' - 'a';
	if (list->count >= list->size)
	{
		list->size = Max(16, list->size * 2);
		list->code = list->code == NULL ? palloc(sizeof(char *) * list->size) :
			repalloc(list->code, sizeof(char *) * list->size);
	}
	list->code[list->count++] = code;
}

/* An attribute without a namespace, palloc'd, or "". */
static char *
AttributeOf(const xmlNode *node, const char *name)
{
	for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
		if (strcmp((const char *) attr->name, name) == 0 && attr->children != NULL &&
			attr->children->type == XML_TEXT_NODE && attr->children->next == NULL)
			return pstrdup((const char *) attr->children->content);
	return pstrdup("");
}

/* A Category element: which list is it? */
static void
ReadCategory(Reading *reading, const xmlNode *category)
{
	char	   *type = AttributeOf(category, "Type");
	char	   *tag = AttributeOf(category, "TagName");
	Collected  *list;

	if (pg_strcasecmp(type, "RESTRICTIVE") == 0)
		list = &reading->caveats;
	else if (pg_strcasecmp(type, "PERMISSIVE") == 0)
		list = &reading->units;
	else if (pg_strcasecmp(type, "INFORMATIVE") == 0)
		list = &reading->originators;
	else
	{
		Complain(reading, gettext_noop("has a category of unknown type"), type);
		return;
	}
	if (list == &reading->units && list->given)
		Complain(reading, gettext_noop("has more than one PERMISSIVE category"), tag);
	if (list == &reading->originators && pg_strncasecmp(tag, "Originator", 10) != 0)
		return;
	list->given = true;
	for (const xmlNode *value = category->children; value != NULL; value = value->next)
	{
		if (IsElement(value, "GenericValue"))
			Collect(reading, list, TextOf(reading, value));
		else if (value->type == XML_ELEMENT_NODE)
			Complain(reading, gettext_noop("has a category value that is not a GenericValue"), (const char *) value->name);
	}
}

/* A ConfidentialityInformation element. */
static void
ReadInformation(Reading *reading, const xmlNode *information)
{
	for (const xmlNode *node = information->children; node != NULL; node = node->next)
	{
		if (IsElement(node, "PolicyIdentifier"))
		{
			if (reading->policy != NULL)
				Complain(reading, gettext_noop("has more than one PolicyIdentifier"), NULL);
			reading->policy = TextOf(reading, node);
		}
		else if (IsElement(node, "Classification"))
		{
			if (reading->level != NULL)
				Complain(reading, gettext_noop("has more than one Classification"), NULL);
			reading->level = TextOf(reading, node);
		}
		else if (IsElement(node, "Category"))
			ReadCategory(reading, node);
		else if (IsElement(node, "PrivacyMark"))
			continue;			/* words for the eye; nothing is decided by them */
		else if (node->type == XML_ELEMENT_NODE)
			Complain(reading, gettext_noop("has an unknown element"), (const char *) node->name);
	}
}

/* The document element. */
static void
ReadDocument(Reading *reading, xmlDocPtr doc)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	bool		seen = false;

	if (doc->intSubset != NULL || doc->extSubset != NULL)
		Complain(reading, gettext_noop("has a document type"), NULL);
	else if (root == NULL ||
			 !(IsElement(root, "originatorConfidentialityLabel") ||
			   IsElement(root, "alternativeConfidentialityLabel")))
		Complain(reading, gettext_noop("is not an originatorConfidentialityLabel"), NULL);
	if (reading->problem != NULL)
		return;
	for (const xmlNode *node = root->children; node != NULL; node = node->next)
	{
		if (IsElement(node, "ConfidentialityInformation"))
		{
			if (seen)
				Complain(reading, gettext_noop("has more than one ConfidentialityInformation"), NULL);
			seen = true;
			ReadInformation(reading, node);
		}
		else if (IsElement(node, "OriginatorID"))
			reading->originator_id = TextOf(reading, node);
		else if (IsElement(node, "CreationDateTime") || IsElement(node, "SuccessionHandling"))
			continue;
		else if (node->type == XML_ELEMENT_NODE)
			Complain(reading, gettext_noop("has an unknown element"), (const char *) node->name);
	}
}

/* Are the elements nested deeper than any label needs?  Looks at tags only. */
static bool
IsTooDeep(const char *xml, int len)
{
	int			depth = 0;

	for (int i = 0; i + 1 < len; i++)
	{
		if (xml[i] != '<')
			continue;
		if (xml[i + 1] == '/')
			depth--;
		else if (xml[i + 1] != '!' && xml[i + 1] != '?')
		{
			int			end = i;

			while (end < len && xml[end] != '>')
				end++;
			if (end < len && xml[end - 1] != '/')
				depth++;
		}
		if (depth > MAX_DEPTH)
			return true;
	}
	return false;
}

/* Raise what was found to be wrong. */
static void
RaiseProblem(const char *problem, const char *culprit)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_XML_CONTENT),
			 culprit != NULL ?
			 errmsg("confidentiality label %s: \"%s\"", _(problem), culprit) :
			 errmsg("confidentiality label %s", _(problem)),
			 errhint("A label is an originatorConfidentialityLabel of the namespace %s, as to_stanag4774() writes it.",
					 NAMESPACE)));
}

/* Does a document ask for what no label needs: entities, a document type? */
static bool
HasDeclarations(const char *xml, int len)
{
	for (int i = 0; i + 8 < len; i++)
		if (xml[i] == '<' && xml[i + 1] == '!' &&
			(pg_strncasecmp(xml + i + 2, "DOCTYPE", 7) == 0 ||
			 pg_strncasecmp(xml + i + 2, "ENTITY", 6) == 0))
			return true;
	return false;
}

/* Parse a document into what it says.  The parser's memory is always freed. */
static void
ParseDocument(const char *xml, int len, Reading *reading)
{
	xmlParserCtxtPtr parser = xmlNewParserCtxt();
	volatile xmlDocPtr doc = NULL;

	if (parser == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	PG_TRY();
	{
		doc = xmlCtxtReadMemory(parser, xml, len, NULL, "UTF-8",
								XML_PARSE_NONET | XML_PARSE_NOERROR |
								XML_PARSE_NOWARNING);
		if (doc == NULL)
			Complain(reading, gettext_noop("is not well-formed XML"), NULL);
		else
			ReadDocument(reading, doc);
	}
	PG_FINALLY();
	{
		if (doc != NULL)
			xmlFreeDoc(doc);
		xmlFreeParserCtxt(parser);
	}
	PG_END_TRY();
}

/* Is a list one keyword? */
static bool
IsKeyword(const Collected *list, const char *word)
{
	return list->count == 1 && strcmp(list->code[0], word) == 0;
}

/* What a document says, made into a label. */
static PkintLabel *
MakeLabel(Reading *reading)
{
	static const char *const mission[] = {"MISSION"};
	Collected  *units = &reading->units;
	Collected  *orig = &reading->originators;
	int			level = 0;
	bool		all;

	if (reading->policy == NULL || reading->level == NULL)
		RaiseProblem(reading->policy == NULL ? gettext_noop("has no PolicyIdentifier") : gettext_noop("has no Classification"), NULL);
	if (pg_strcasecmp(reading->policy, "UN") != 0 &&
		pg_strcasecmp(reading->policy, "United Nations") != 0)
		RaiseProblem(gettext_noop("follows a policy that is not the United Nations'"), reading->policy);
	if (!pkint_level_parse(reading->level, strlen(reading->level), &level))
		RaiseProblem(gettext_noop("has an unknown Classification"), reading->level);
	if (!orig->given && reading->originator_id != NULL)
		Collect(reading, orig, reading->originator_id);
	if (!units->given && orig->count > 0 && !IsKeyword(orig, "NONE"))
		*units = *orig;
	if (units->count == 0)
		RaiseProblem(gettext_noop("does not say who may read it, in a PERMISSIVE category"), NULL);
	all = IsKeyword(units, "ALL");
	return pkint_label_build(level, reading->caveats.code, reading->caveats.count,
							 all, units->code, IsKeyword(units, "NONE") ? 0 : units->count,
							 orig->count > 0 ? orig->code : mission,
							 orig->count == 0 ? 1 : IsKeyword(orig, "NONE") ? 0 : orig->count);
}

/* from_stanag4774(xml) */
Datum
pkint_from_stanag4774(PG_FUNCTION_ARGS)
{
	xmltype    *xml = PG_GETARG_XML_P(0);
	const char *bytes = VARDATA(xml);
	int			len = VARSIZE(xml) - VARHDRSZ;
	Reading		reading;

	if (len > MAX_XML)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("confidentiality label is %d bytes long, more than the %d that are allowed",
						len, MAX_XML)));
	if (HasDeclarations(bytes, len))
		RaiseProblem(gettext_noop("has a document type or entities"), NULL);
	if (IsTooDeep(bytes, len))
		RaiseProblem(gettext_noop("is nested too deeply"), NULL);
	memset(&reading, 0, sizeof(reading));
	ParseDocument(bytes, len, &reading);
	if (reading.problem != NULL)
		RaiseProblem(reading.problem, reading.culprit);
	PG_RETURN_POINTER(MakeLabel(&reading));
}
