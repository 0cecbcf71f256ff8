# PkintTest.pm
#
# What the Perl tests share: a server with the library preloaded and a key, a
# small mission on it, and queries as one of its people.

package PkintTest;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(mission_server small_mission many_kinds_of_policy policy_counts reports_seen as_person seen_by launcher);

# A started server with the extension in database "mission"; bare: without the
# database; unborn: not started.
sub mission_server
{
	my ($name, %args) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, %{ $args{cluster} // {} });

	$node->init(%{ $args{init} // {} }, extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pkint'\n"
		  . "pkint.key_file = '$ENV{PKINT_KEY_FILE}'\nmax_prepared_transactions = 10\n"
		  . ($args{conf} // ''));
	return $node if $args{unborn};
	$node->start;
	$node->safe_psql('postgres', 'CREATE DATABASE mission');
	$node->safe_psql('mission', 'SET client_min_messages = warning; CREATE EXTENSION pkint CASCADE;'
		  . ' ALTER DATABASE mission SET search_path = "$user", public, pkint;')
	  unless $args{bare};
	return $node;
}

# Two units, one officer, two readers and one who is not cleared; a protected
# table "log" with rows for each unit and for all.
sub small_mission
{
	my ($node) = @_;

	$node->safe_psql('mission', q{
		CREATE ROLE officer LOGIN; CREATE ROLE awa LOGIN; CREATE ROLE boris LOGIN; CREATE ROLE newcomer LOGIN;
		CREATE ROLE mission_data;
		SELECT pkint.appoint('officer', 'security_officer');
	});
	as_person($node, 'officer', q{
		INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis'), ('U2', 'military');
		INSERT INTO pkint.caveat VALUES ('SOURCE', 'touches a human source');
		SELECT pkint.set_clearance('awa', 'STRICTLY CONFIDENTIAL', '{SOURCE}'), pkint.assign('awa', 'JMAC');
		SELECT pkint.set_clearance('boris', 'CONFIDENTIAL'), pkint.assign('boris', 'U2');
	});
	$node->safe_psql('mission', q{
		CREATE TABLE log (id int PRIMARY KEY, what text, label pkint.label);
		INSERT INTO log SELECT i, 'entry ' || i, CASE
			WHEN i <= 5 THEN 'UNCLASSIFIED//REL ALL'
			WHEN i <= 15 THEN 'CONFIDENTIAL//REL U2//ORIG U2'
			WHEN i <= 28 THEN 'CONFIDENTIAL//REL JMAC//ORIG JMAC'
			ELSE 'STRICTLY CONFIDENTIAL//SOURCE//REL JMAC//ORIG JMAC' END::pkint.label
			FROM generate_series(1, 30) i;
		ALTER TABLE log OWNER TO mission_data;
		SELECT pkint.protect('log', default_label => 'CONFIDENTIAL//REL JMAC//ORIG JMAC');
		GRANT SELECT, INSERT, UPDATE, DELETE ON log TO PUBLIC;
	});
}

# Beside the small mission: a company below, a request and what came of it, an
# agreement, an order of the head of mission, what units make known, a warning, a
# register with reports, a feed.
sub many_kinds_of_policy
{
	my ($node) = @_;

	$node->safe_psql('mission', q{CREATE ROLE head LOGIN; CREATE ROLE release_u2 LOGIN; CREATE ROLE release_jmac LOGIN});
	as_person($node, 'officer', q{
		INSERT INTO pkint.unit (code, name, parent) VALUES ('COY', 'a company', 'JMAC');
		SELECT pkint.appoint('head', 'head_of_mission'), pkint.appoint('release_u2', 'release_officer', 'U2'),
			pkint.appoint('release_jmac', 'release_officer', 'JMAC');
		SELECT pkint.set_clearance(p, 'C') FROM unnest('{release_u2,release_jmac}'::name[]) p;
		SELECT pkint.assign('release_u2', 'U2'), pkint.assign('release_jmac', 'JMAC')});
	$node->safe_psql('mission', q{
		SELECT pkint.create_register('mission');
		GRANT USAGE ON SCHEMA mission TO PUBLIC;
		INSERT INTO mission.report (label, unit, footprint, title)
		SELECT 'C//REL JMAC//ORIG JMAC', 'JMAC', pkint.make_footprint(20 + i, 5, 100, '[2022-06-03,2022-06-04)'), 'event ' || i FROM generate_series(1, 3) i;
		CREATE SCHEMA feeds; CREATE TABLE feeds.log (ref text, day text, grid text, title text);
		SELECT pkint.define_feed('log', 'feeds.log', 'mission', 'JMAC', '{"key": "ref", "occurred": "day", "mgrs": "grid", "title": "title"}', 'C//REL JMAC//ORIG JMAC')});
	my $request = as_person($node, 'awa', q{SELECT pkint.request_access('the convoy', 'log', '6')});
	as_person($node, 'release_u2', qq{SELECT pkint.grant_access($request, now() + interval '30 days', 'for the convoy')});
	as_person($node, 'release_u2', q{SELECT pkint.offer_access('log', '{7}', now() + interval '30 days', 'the same', NULL, 'JMAC')});
	as_person($node, 'release_u2', q{SELECT pkint.answer_holdings('U2', 'existence');
		SELECT pkint.propose_agreement('U2', 'JMAC', 'weekly exchange', ceiling => 'UNCLASSIFIED')});
	as_person($node, 'release_jmac', q{SELECT pkint.warn_of('mission', 'JMAC', '{CIV}', 15000, '3 days')});
	$node->safe_psql('mission', 'SELECT pkint.load_record()');
}

# How many rows each of pkint's own tables has that a dump carries.
sub policy_counts
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, q{
		SELECT c.relname || ' ' || n FROM pg_extension e, pg_class c,
			LATERAL (SELECT (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass), false, true, '')))[1]::text) x (n)
		WHERE e.extname = 'pkint' AND c.oid = ANY (e.extconfig) AND c.relkind = 'r' AND c.relname !~ '^audit' AND n <> '0' ORDER BY 1});
}

# How many reports each person reads.
sub reports_seen
{
	my ($node, $db) = @_;
	return join ' ', map { "$_ " . $node->safe_psql($db, 'SELECT count(title) FROM mission.report', extra_params => [ '-U', $_ ]) } qw(awa boris newcomer officer);
}

# Run SQL as a person who logged in under his own name.
sub as_person
{
	my ($node, $person, $sql) = @_;
	return $node->safe_psql('mission', $sql, extra_params => [ '-U', $person ]);
}

# Which rows of "log" does a person see?  "1-5,16-30", or '' for none.
sub seen_by
{
	my ($node, $person, $db) = @_;
	return $node->safe_psql($db // 'mission', q{
		SELECT coalesce(string_agg(lo || '-' || hi, ',' ORDER BY lo), '') FROM (
			SELECT min(id) AS lo, max(id) AS hi FROM (
				SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM log) r GROUP BY run) s},
		extra_params => [ '-U', $person ]);
}

# The process that starts the loaders of the record.
sub launcher
{
	my ($node) = @_;
	my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
	for my $proc (glob '/proc/[0-9]*')
	{
		my ($status, $title) = map { my $t = eval { slurp_file("$proc/$_") }; $t // '' } 'status', 'cmdline';
		return substr $proc, 6 if $status =~ /^PPid:\s+$postmaster$/m && $title =~ /pkint record launcher/;
	}
	return;
}

1;
