/*
 * untranslated.c
 *	  gettext without translations, preloaded into a server that runs under
 *	  AddressSanitizer (make sanitizers).
 *
 * Libraries of the server bind text domains while they are loaded, before the
 * sanitizer is ready, and leave glibc's lock behind; the server would wait for
 * it for ever.  Messages stay English, as the tests want them.
 */

extern char *bindtextdomain(const char *domain, const char *directory);
extern char *bind_textdomain_codeset(const char *domain, const char *codeset);
extern char *textdomain(const char *domain);
extern char *gettext(const char *message);
extern char *dgettext(const char *domain, const char *message);
extern char *dcgettext(const char *domain, const char *message, int category);
extern char *ngettext(const char *one, const char *many, unsigned long n);
extern char *dngettext(const char *domain, const char *one, const char *many, unsigned long n);
extern char *dcngettext(const char *domain, const char *one, const char *many, unsigned long n, int category);

char *
bindtextdomain(const char *domain, const char *directory)
{
	return (char *) directory;
}

char *
bind_textdomain_codeset(const char *domain, const char *codeset)
{
	return (char *) codeset;
}

char *
textdomain(const char *domain)
{
	return (char *) domain;
}

char *
gettext(const char *message)
{
	return (char *) message;
}

char *
dgettext(const char *domain, const char *message)
{
	return (char *) message;
}

char *
dcgettext(const char *domain, const char *message, int category)
{
	return (char *) message;
}

char *
ngettext(const char *one, const char *many, unsigned long n)
{
	return (char *) (n == 1 ? one : many);
}

char *
dngettext(const char *domain, const char *one, const char *many, unsigned long n)
{
	return ngettext(one, many, n);
}

char *
dcngettext(const char *domain, const char *one, const char *many, unsigned long n, int category)
{
	return ngettext(one, many, n);
}
