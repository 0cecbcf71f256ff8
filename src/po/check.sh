#!/bin/bash
# src/po/check.sh: print what is wrong with the catalogs; nothing if they are as they should be.
#
# Every message of the sources has its translation, none is fuzzy or stale, and
# each translation holds the same directives, in the same order where they are
# not numbered.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")"
pot=$(mktemp "${TMPDIR:-/tmp}/pkint-pot.XXXXXX")
trap 'rm -f "$pot"' EXIT
bash extract.sh >"$pot" || exit 1
# one entry a line: msgid<TAB>msgstr
pairs() {
	perl -0777 -ne 'for (split /\n\n+/) { next if /^#~/m;
		my $fuzzy = /^#,.*fuzzy/m ? "fuzzy" : "";
		my ($id) = /^msgid ((?:"(?:.*)"\n?)+)/m or next; my @str = /^msgstr(?:\[\d\])? ((?:"(?:.*)"\n?)+)/mg;
		s/"\n"?//g, s/^"//, s/"$// for $id, @str;
		print join("\t", $id, $fuzzy, @str), "\n" if $id ne ""; }' "$1"
}
for po in *.po; do
	msgfmt -c -o /dev/null "$po" 2>&1
	LC_ALL=C join -t $'\t' -v 1 <(pairs "$pot" | cut -f 1 | LC_ALL=C sort) <(pairs "$po" | cut -f 1 | LC_ALL=C sort) | sed "s/^/$po lacks: /"
	LC_ALL=C join -t $'\t' -v 2 <(pairs "$pot" | cut -f 1 | LC_ALL=C sort) <(pairs "$po" | cut -f 1 | LC_ALL=C sort) | sed "s/^/$po is stale: /"
	pairs "$po" | perl -F'\t' -ne 'chomp @F; my ($id, $fuzzy, @str) = @F;
		print "fuzzy: $id\n" if $fuzzy;
		my $directives = sub { my @d = $_[0] =~ /%(?:\d+\$)?[-+#0-9.]*(?:zu|lld|llu|ld|lu|[a-zA-Z%])/g; @d = sort @d if grep { /\$/ } @d; join " ", @d };
		print "not translated: $id\n" if !@str || grep { $_ eq "" } @str;
		for (@str) { print "other directives: $id\n" if $_ ne "" && $directives->($_) ne $directives->($id) }'
done
