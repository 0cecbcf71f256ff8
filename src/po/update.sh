#!/bin/bash
# src/po/update.sh: take what is new in the sources into the catalogs, and list what lacks a translation.
#
# What make words does.  What the sources no longer say goes; nothing is guessed.

set -e
cd "$(dirname "${BASH_SOURCE[0]}")"
pot=$(mktemp "${TMPDIR:-/tmp}/pkint-pot.XXXXXX")
trap 'rm -f "$pot" ./*.po.new' EXIT
bash extract.sh >"$pot"
for po in *.po; do
	msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-by-file --add-location=file "$po" "$pot" |
		msgattrib --no-wrap --sort-by-file --add-location=file --no-obsolete -o "$po.new"
	mv "$po.new" "$po"
	msgattrib --untranslated --no-wrap --no-location "$po" | sed '1,/^$/d' | sed "s/^msgid /$po lacks: /; /^msgstr/d; /^$/d; /^#/d"
done
