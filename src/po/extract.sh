#!/bin/bash
# src/po/extract.sh: print the catalog's template: every message of pkint's, once.
#
# C: what ereport()'s functions, _() and gettext_noop() take.  SQL: what
# pkint.say() takes, and the sentences between the lines "-- say: every
# sentence from here" and "-- say: to here"; inside format($sql$ ... $sql$) a
# sentence's %%s is what pkint.say() gets as %s.  Needs xgettext (package gettext).

set -e
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dir=$(mktemp -d "${TMPDIR:-/tmp}/pkint-po.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# SQL as C that xgettext understands: each sentence on the line where it stands.
sql_to_c() {
	perl -0777 -ne '
		s/--(?! say: )[^\n]*//g;
		s/(format\(\$sql\$)(.*?)(\$sql\$)/my ($head, $body, $tail) = ($1, $2, $3); $body =~ s,%%,%,g; "$head$body$tail"/ges;
		my ($all, $line, $out, $before) = (0, 1, "", "");
		while (/\G(?:(\n)|(-- say: every sentence from here)|(-- say: to here)|'"'((?:[^']|'')*)'"'|([^\n'"'"'])|.)/gs) {
			if (defined $1) { $out .= "\n"; }
			elsif (defined $2) { $all = 1; }
			elsif (defined $3) { $all = 0; }
			elsif (defined $4) {
				my $text = $4;
				if ($before =~ /pkint\.say\($/ || $all && $text =~ /\w \w/) {
					my $lines = ($text =~ tr/\n//);
					$text =~ s/'"''"'/'"'"'/g; $text =~ s/\\/\\\\/g; $text =~ s/"/\\"/g; $text =~ s/\n/\\n/g;
					$out .= "say(\"$text\");" . "\n" x $lines;
				} else { $out .= "\n" x ($text =~ tr/\n//); }
				$before = "";
			}
			elsif (defined $5) { $before = substr($before . $5, -10) if $5 !~ /\s/; }
		}
		print $out;'
}

for f in src/*/*.sql; do
	mkdir -p "$dir/$(dirname "$f")"
	sql_to_c <"$f" >"$dir/$f"
done
options="--from-code=UTF-8 --add-comments=translators: --sort-by-file --no-wrap -o -"
sql=$(cd "$dir" && xgettext -L C $options -ksay --flag=say:1:no-c-format src/*/*.sql)
c=$(xgettext -L C $options -kerrmsg -kerrmsg_plural:1,2 -kerrdetail -kerrdetail_plural:1,2 -kerrhint -kerrcontext -k_ -kgettext_noop \
	--flag=errmsg:1:c-format --flag=errdetail:1:c-format --flag=errhint:1:c-format --flag=errcontext:1:c-format src/*/*.c src/*.c)
printf '%s\n' "$c" >"$dir/c.pot"
printf '%s\n' "$sql" >"$dir/sql.pot"
msgcat --no-wrap --use-first --sort-by-file "$dir/c.pot" "$dir/sql.pot" |
	sed 's/^"Project-Id-Version: .*/"Project-Id-Version: pkint\\n"/; s/charset=CHARSET/charset=UTF-8/; /^"POT-Creation-Date/d'
