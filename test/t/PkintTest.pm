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

our @EXPORT = qw(mission_server small_mission as_person seen_by);

# A started server with the extension in database "mission".
sub mission_server
{
	my ($name, %args) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(%{ $args{init} // {} }, extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pkint'\n"
		  . "pkint.key_file = '$ENV{PKINT_KEY_FILE}'\nmax_prepared_transactions = 10\n"
		  . ($args{conf} // ''));
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

1;
