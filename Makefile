# pkint: PGXS makefile.
#
# Every object, SQL part and test is listed by hand, room by room, in the order
# of dependency: core, keys and label are the ground floor, register the roof.
#
#   make test    build and run every suite on a private throw-away server
#   make demo    the main job from nothing, on the sample mission
#   make bench   speed and size against the peers
# These need nothing installed beforehand; see test/README.md.

# Which tests to run, where somebody says so: this file's own list, which PGXS
# wants under the same name, is set below and would hide it.
PICKED := $(if $(filter environment command,$(firstword $(origin REGRESS))),$(REGRESS))

EXTENSION = pkint
MODULE_big = pkint
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" pkint.control)

# --- the rooms ---------------------------------------------------------------

OBJS_core = src/core/permissions.o src/core/words.o src/core/settings.o src/core/catalog.o src/core/clock.o src/core/key_text.o
OBJS_keys = src/keys/crypto.o src/keys/secret.o src/keys/keys.o src/keys/keyring.o src/keys/keyring_wal.o
OBJS_label = src/label/body.o src/label/lattice.o src/label/parse.o \
	src/label/explain.o src/label/label_io.o src/label/label_build.o \
	src/label/label_ops.o src/label/memo.o src/label/label_parts.o \
	src/label/label_aggs.o src/label/label_print.o src/label/label_gin.o \
	src/label/label_brin.o src/label/label_selfuncs.o src/label/label_typanalyze.o \
	src/label/stanag4774.o src/label/nearest.o
OBJS_audit = src/audit/entry.o src/audit/tree.o src/audit/seal.o src/audit/bound.o \
	src/audit/spool.o src/audit/batch.o src/audit/refusal.o src/audit/record.o \
	src/audit/segment.o src/audit/log.o src/audit/inbox.o src/audit/aside.o \
	src/audit/loader.o src/audit/launcher.o src/audit/read.o src/audit/recent.o \
	src/audit/state.o src/audit/verify.o
OBJS_reader = src/reader/reader.o src/reader/stamp.o src/reader/policy_scan.o src/reader/snapshot.o \
	src/reader/open_rows.o src/reader/decide.o src/reader/identity.o src/reader/writing.o \
	src/reader/whoami.o src/reader/explain.o src/reader/act_as.o \
	src/reader/known_function.o src/reader/whose_code.o
OBJS_protect = src/protect/protect.o src/protect/admission.o src/protect/in_the_way.o src/protect/vocabulary.o src/protect/passing.o \
	src/protect/passing_support.o src/protect/sites.o src/protect/disclosure.o \
	src/protect/disclosed_keys.o src/protect/guard.o src/protect/quiet.o
OBJS_sharing = src/sharing/sharing.o src/sharing/rows.o src/sharing/condition.o src/sharing/written.o src/sharing/raised.o \
	src/sharing/channel.o src/sharing/questions.o src/sharing/share.o
OBJS_source = src/source/code_check.o src/source/code.o src/source/names.o src/source/person.o \
	src/source/vault.o src/source/registration.o src/source/rules.o src/source/life.o \
	src/source/shown.o src/source/mentions.o src/source/forget.o src/source/standbys.o src/source/reveal.o src/source/independent.o \
	src/source/name_index.o src/source/redact.o src/source/silence.o \
	src/source/coarse.o src/source/shown_row.o src/source/column_rule.o src/source/hidden_column.o src/source/shown_column.o src/source/author.o src/source/reporter.o src/source/safe_count.o src/source/safe_cross.o \
	src/source/source.o
OBJS_incident = src/incident/incident.o src/incident/mgrs.o src/incident/mgrs_sql.o \
	src/incident/ewkb.o src/incident/geodesy.o src/incident/footprint.o \
	src/incident/footprint_io.o src/incident/footprint_op.o \
	src/incident/footprint_box.o src/incident/probe.o src/incident/gist.o \
	src/incident/gist_split.o src/incident/gist_sort.o \
	src/incident/histogram.o src/incident/selfuncs.o src/incident/typanalyze.o \
	src/incident/cluster.o src/incident/cluster_sql.o src/incident/grading.o \
	src/incident/implied.o src/incident/window.o \
	src/incident/match.o src/incident/match_sql.o src/incident/enclosing.o
OBJS_register = src/register/fold.o src/register/lexicon.o \
	src/register/read_text.o src/register/read_when.o \
	src/register/readers.o src/register/soft_types.o \
	src/register/coarse_place.o src/register/hold_poc.o \
	src/register/inbox.o src/register/load.o

OBJS = src/pkint.o $(OBJS_core) $(OBJS_keys) $(OBJS_label) $(OBJS_audit) \
	$(OBJS_reader) $(OBJS_protect) $(OBJS_sharing) $(OBJS_source) $(OBJS_incident) $(OBJS_register)

SQL_core = src/core/core.sql
SQL_keys = src/keys/keys.sql
SQL_label = src/label/label.sql src/label/label_parts.sql src/label/label_index.sql \
	src/label/stanag4774.sql
SQL_audit = src/audit/audit.sql
SQL_reader = src/reader/people.sql src/reader/units.sql src/reader/references.sql src/reader/reading.sql src/reader/act_as.sql
SQL_protect = src/protect/passing.sql src/protect/protect.sql src/protect/admission.sql src/protect/open_tables.sql
SQL_sharing = src/sharing/area.sql src/sharing/rows.sql src/sharing/request.sql src/sharing/share.sql src/sharing/explain.sql src/sharing/holdings.sql src/sharing/channel.sql \
	src/sharing/todo.sql src/sharing/share_agreement.sql \
	src/protect/check.sql src/protect/server.sql src/protect/children.sql
SQL_source = src/source/code.sql src/source/vault.sql src/source/names.sql src/source/life.sql \
	src/source/reveal.sql src/source/coarse.sql src/source/columns.sql src/source/safe_count.sql \
	src/source/todo.sql
SQL_incident = src/incident/footprint.sql src/incident/mgrs.sql \
	src/incident/precision.sql src/incident/index.sql \
	src/incident/cluster.sql src/incident/grading.sql \
	src/incident/match.sql src/incident/shapes.sql
SQL_register = src/register/readers.sql src/register/taxonomy.sql \
	src/register/taxonomy_data.sql src/register/check.sql \
	src/register/register.sql src/register/finding.sql \
	src/register/feed.sql src/register/feed_sql.sql \
	src/register/feed_load.sql src/register/matching.sql src/register/corroboration.sql src/register/coarse_register.sql src/register/layer.sql src/register/danger.sql \
	src/register/inbox.sql src/register/todo.sql

SQL_PARTS = $(SQL_core) $(SQL_keys) $(SQL_label) $(SQL_incident) \
	$(SQL_audit) $(SQL_reader) $(SQL_protect) $(SQL_sharing) $(SQL_source) $(SQL_register)

# --- tests -------------------------------------------------------------------

REGRESS_core = install words
REGRESS_keys = keys
REGRESS_label = label label_parts label_stanag4774 label_vocabulary label_memo
REGRESS_audit = audit audit_keys audit_refusal
REGRESS_need_to_know = need_to_know_people need_to_know_units need_to_know \
	need_to_know_guard need_to_know_request need_to_know_share need_to_know_agreement \
	need_to_know_check need_to_know_two_people need_to_know_writing sharing_rows sharing_keys protect_server need_to_know_quiet
REGRESS_source = source_code source_vault source_life source_redact source_shown source_columns source_mentions source_register source_todo
REGRESS_incident = footprint mgrs precision footprint_gist \
	footprint_planner footprint_parts cluster grading shapes area
REGRESS_register = register_readers register_check register_feed register_matching register_layer register_danger \
	register_incident register_todo

REGRESS = $(REGRESS_core) $(REGRESS_keys) $(REGRESS_label) $(REGRESS_audit) \
	$(REGRESS_need_to_know) $(REGRESS_source) $(REGRESS_incident) \
	$(REGRESS_register)

# --- build -------------------------------------------------------------------

DATA_built = src/$(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = src/$(EXTENSION)--*.sql $(OBJS:.o=.d) src/po/*.mo

# messages in other languages, made by msgfmt (package gettext) where it is
LANGUAGES = fr
CATALOGS = $(if $(shell command -v msgfmt),$(LANGUAGES:%=src/po/%.mo))
TEXTDOMAIN = pkint-$(MAJORVERSION)

PG_CPPFLAGS = -I$(CURDIR) -MMD -MP -DPKINT_TEXTDOMAIN='"$(TEXTDOMAIN)"' \
	-DPKINT_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wnull-dereference \
	-Wlogical-op -Wformat=2 -Wswitch-enum -Wvla \
	-Wno-unused-parameter -Wno-sign-compare $(WERROR)
SHLIB_LINK = -lproj -lcrypto -licui18n -licuuc -lxml2 -lm

# the newest server whose headers are here, unless somebody names another
PG_CONFIG ?= $(firstword $(patsubst %/lib/pgxs/src/makefiles/pgxs.mk,%/bin/pg_config, \
	$(wildcard $(foreach v,18 17 16 15,/usr/lib/postgresql/$(v)/lib/pgxs/src/makefiles/pgxs.mk))) pg_config)
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))

all: 

.PHONY: test test-versions demo bench soak fuzz mutants sanitizers analyse reference walk words

test:
	@REGRESS="$(PICKED)" bash test/run.sh test $(SUITES)

demo bench soak fuzz:
	@REGRESS= bash test/run.sh $@

# make demo and make test on bare systems of Debian 13 and sid
test-versions:
	@bash test/versions.sh

# one line broken at a time: which suites notice?
mutants:
	@REGRESS= bash test/mutants/run.sh

# the module built with the address and undefined-behaviour sanitizers
sanitizers:
	@SANITIZE=1 REGRESS="$(PICKED)" bash test/run.sh test $(or $(SUITES),regress pgtap fuzz)

# what cppcheck and clang-tidy have to say
analyse:
	@bash test/analyse/run.sh

# docs/reference.md from the comments in the catalog
reference:
	@bash test/run.sh reference > docs/reference.md.new && mv docs/reference.md.new docs/reference.md

# the answers in the task pages, by walking through them
walk:
	@bash test/run.sh walk > docs/walk.tar.new && tar -C docs -xf docs/walk.tar.new; rm -f docs/walk.tar.new

# the catalogs of messages, brought up to date with the sources
words:
	@bash src/po/update.sh

# What a variable holds, for scripts.
print-%:
	@echo $($*)

ifneq ($(PGXS),)
include $(PGXS)
-include $(OBJS:.o=.d)
else
# Building needs a server's headers and makefiles; the commands above do not.
all install uninstall installcheck clean: no-server
.PHONY: all install uninstall installcheck clean no-server
no-server:
	$(error there is no PostgreSQL to build for: PG_CONFIG is "$(PG_CONFIG)", which does not run or has no pgxs.mk beside it. \
		Install postgresql-server-dev for the server that you have, or say make PG_CONFIG=/path/to/pg_config)
endif

# The install script is its parts, one after the other.
$(DATA_built): $(SQL_PARTS) pkint.control
	@for part in $(SQL_PARTS); do cat $$part; echo; done > $@

# --- messages in other languages ------------------------------------------------

ifeq ($(CATALOGS),)
all: no-catalogs
else
all: $(CATALOGS)
install: install-catalogs
uninstall: uninstall-catalogs
endif

.PHONY: no-catalogs install-catalogs uninstall-catalogs

no-catalogs:
	@echo "pkint: no msgfmt (package gettext) here: messages will be in English only"

src/po/%.mo: src/po/%.po
	msgfmt -c -o $@ $<

install-catalogs: $(CATALOGS)
	for l in $(LANGUAGES); do \
		$(MKDIR_P) '$(DESTDIR)$(localedir)'/$$l/LC_MESSAGES && \
		$(INSTALL_DATA) src/po/$$l.mo '$(DESTDIR)$(localedir)'/$$l/LC_MESSAGES/$(TEXTDOMAIN).mo || exit 1; \
	done

uninstall-catalogs:
	for l in $(LANGUAGES); do rm -f '$(DESTDIR)$(localedir)'/$$l/LC_MESSAGES/$(TEXTDOMAIN).mo; done
