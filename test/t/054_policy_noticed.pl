# Every way in which a policy table can change binds the next statement of a
# session that is open (T38, T43): whoever writes, and whatever triggers fire.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('noticed', init => { allows_streaming => 'logical' });
small_mission($node);
my $psql = 'psql -X -q -At -h ' . $node->host . ' -p ' . $node->port . ' -U postgres';
my $end = 'UPDATE pkint.person_clearance SET ended = clock_timestamp() WHERE person_name = $n$boris$n$ AND ended IS NULL';

# What boris reads before and after a change, within one transaction of his.
sub around
{
	my ($change) = @_;

	as_person($node, 'officer', q{SELECT pkint.set_clearance('boris', 'CONFIDENTIAL')});
	open my $fh, '>', $node->basedir . '/change.sql' or die $!;
	print $fh $change;
	close $fh;
	my $file = $node->basedir . '/change.sql';
	return as_person($node, 'boris', qq{
		BEGIN ISOLATION LEVEL REPEATABLE READ;
		SELECT count(*) FROM log;
		\\! $psql -d mission -f $file >/dev/null
		SELECT count(*) FROM log;
		COMMIT;});
}

my %ways = (
	'an UPDATE' => "$end;",
	'a part of WITH' => "WITH ended AS ($end RETURNING id) SELECT count(*) FROM ended;",
	'MERGE' => 'MERGE INTO pkint.person_clearance c USING (SELECT $n$boris$n$::name AS who) s ON c.person_name = s.who'
	  . ' WHEN MATCHED AND c.ended IS NULL THEN UPDATE SET ended = clock_timestamp();',
	'a DO block' => "DO \$d\$ BEGIN $end; END \$d\$;",
	'a transaction in two phases' => "BEGIN; $end; PREPARE TRANSACTION 'p'; COMMIT PREPARED 'p';",
	'a session in which ordinary triggers do not fire' => "SET session_replication_role = replica; $end;",
	'a table whose trigger is switched off' => 'ALTER TABLE pkint.person_clearance DISABLE TRIGGER policy_changed;'
	  . " $end; ALTER TABLE pkint.person_clearance ENABLE ALWAYS TRIGGER policy_changed;",
	'TRUNCATE' => 'TRUNCATE pkint.person_clearance;',
	'a subtransaction' => "BEGIN; SAVEPOINT s; $end; RELEASE s; COMMIT;");
foreach my $way (sort keys %ways)
{
	is(around($ways{$way}), "15\n0", "$way is noticed");
}
is(around("BEGIN; $end; ROLLBACK;"), "15\n15", 'what is rolled back changes nothing');

# COPY brings a clearance: with the trigger off too.
my $copy = q{ALTER TABLE pkint.person_clearance DISABLE TRIGGER policy_changed;
COPY pkint.person_clearance (id, person, person_name, level, caveats, until, decided_by, decided_by_name) FROM STDIN;
}
  . join("\t", 900001, $node->safe_psql('postgres', q{SELECT 'boris'::regrole::oid}), 'boris', 'CONFIDENTIAL', '{}',
	$node->safe_psql('postgres', q{SELECT now() + interval '1 day'}), 10, 'postgres')
  . "\n\\.\nALTER TABLE pkint.person_clearance ENABLE ALWAYS TRIGGER policy_changed;\n";
$node->safe_psql('mission', "$end");
open my $fh, '>', $node->basedir . '/copy.sql' or die $!;
print $fh $copy;
close $fh;
my $file = $node->basedir . '/copy.sql';
is(as_person($node, 'boris', qq{SET client_min_messages = warning;
	BEGIN;
	SELECT count(*) FROM log;
	\\! $psql -d mission -f $file >/dev/null
	SELECT count(*) FROM log;
	COMMIT;}), "0\n15", 'COPY is noticed');

# Rows that logical replication applies pass no executor hook.
$node->safe_psql('postgres', 'CREATE DATABASE source_of_policy');
$node->safe_psql('source_of_policy', q{
	CREATE SCHEMA pkint;
	CREATE TABLE pkint.person_clearance (id bigint PRIMARY KEY, ended timestamptz);
	INSERT INTO pkint.person_clearance VALUES (900001, NULL);
	CREATE PUBLICATION p FOR TABLE pkint.person_clearance;
	SELECT pg_create_logical_replication_slot('noticed', 'pgoutput');});
my $connection = 'host=' . $node->host . ' port=' . $node->port . ' user=postgres dbname=source_of_policy';
$node->safe_psql('mission', "CREATE SUBSCRIPTION s CONNECTION '$connection' PUBLICATION p"
	  . ' WITH (create_slot = false, slot_name = noticed, copy_data = false)');
my $wait = q{DO $d$ BEGIN FOR i IN 1..300 LOOP PERFORM pg_sleep(0.1); EXIT WHEN EXISTS
	(SELECT FROM pkint.person_clearance WHERE id = 900001 AND ended IS NOT NULL); END LOOP; END $d$;};
open $fh, '>', $node->basedir . '/apply.sql' or die $!;
print $fh "\\c source_of_policy\nUPDATE pkint.person_clearance SET ended = now();\n\\c mission\n$wait\n";
close $fh;
$file = $node->basedir . '/apply.sql';
is(as_person($node, 'boris', qq{
	BEGIN;
	SELECT count(*) FROM log;
	\\! $psql -d mission -f $file >/dev/null
	SELECT count(*) FROM log;
	COMMIT;}), "15\n0", 'a row that logical replication applies is noticed');
$node->safe_psql('mission', 'ALTER SUBSCRIPTION s DISABLE');
$node->safe_psql('mission', 'ALTER SUBSCRIPTION s SET (slot_name = NONE)');
$node->safe_psql('mission', 'DROP SUBSCRIPTION s');

done_testing();
