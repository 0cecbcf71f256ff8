# A dump restored in every way that administrators use gives every role the same
# rows, or a plain finding with its remedy (T16, F2): in parallel, in parts, data
# alone, one schema alone, as another superuser, without owners, as a copy by
# TEMPLATE, into another tablespace, on another server.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('ways');
small_mission($node);
many_kinds_of_policy($node);

my @people = qw(awa boris newcomer officer);
my %expected = (awa => '1-7,16-30', boris => '1-15', newcomer => '', officer => '');
is(seen_by($node, $_), $expected{$_}, "$_ sees what is theirs before the dump") for @people;
my $counts = policy_counts($node, 'mission');
like($counts, qr/^$_ /m, "there is something in $_")
  for qw(access_answer access_grant access_grant_row access_request agreement assignment feed holdings_answer unit warning);
my $rows = reports_seen($node, 'mission');
like($rows, qr/^awa 3 boris 0 newcomer 0 officer 0$/, 'there are reports');

my $dir = $node->backup_dir;
mkdir $dir;
my $from = $node->connstr('mission');
command_ok([ 'pg_dump', '-Fd', '-f', "$dir/d", '-d', $from ], 'pg_dump into a directory');
command_ok([ 'pg_dump', '-Fc', '-f', "$dir/c", '-d', $from ], 'pg_dump in the custom format');

# What a restored database must be.
sub is_whole
{
	my ($how, $db, $there) = @_;
	$there //= $node;
	$there->safe_psql('postgres', "ALTER DATABASE $db SET search_path = \"\$user\", public, pkint");
	is(policy_counts($there, $db), $counts, "$how: people, grants and feeds are as before");
	is(join(' ', map { "$_ " . seen_by($there, $_, $db) } @people), join(' ', map { "$_ $expected{$_}" } @people), "$how: everybody reads the same rows");
	is(reports_seen($there, $db), $rows, "$how: and the same reports");
	is($there->safe_psql($db, q{SELECT string_agg(object, ' ') FROM pkint.check_protection() WHERE severity IN ('critical', 'high')
		AND object !~ '^(server|record)$'}), '', "$how: no hole is found");
}

sub fresh
{
	my ($db, $options) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0 " . ($options // ''));
	return $node->connstr($db);
}

# in parallel
command_ok([ 'pg_restore', '-j', 4, '--exit-on-error', '-d', fresh('j4'), "$dir/d" ], 'pg_restore -j 4 of a directory');
is_whole('directory, -j 4', 'j4');

# what a dump does not carry is found missing
my $settings = q{SELECT string_agg(remedy, ' ' ORDER BY remedy) FROM pkint.check_protection() WHERE object = 'jc'};
command_ok([ 'pg_restore', '-j', 3, '--exit-on-error', '-d', fresh('jc'), "$dir/c" ], 'pg_restore -j 3 of the custom format');
is($node->safe_psql('jc', $settings), 'ALTER DATABASE jc SET jit = off ALTER DATABASE jc SET search_path = "$user", public, pkint',
	'settings of the database that a restore does not bring are found missing');
$node->safe_psql('postgres', 'ALTER DATABASE jc SET jit = off');
is_whole('custom format, -j 3', 'jc');
is($node->safe_psql('jc', $settings), '', 'and not when they are there');

# in parts, and the data alone into a schema that is there
fresh('parts');
command_ok([ 'pg_restore', '--exit-on-error', "--section=$_", '-j', 2, '-d', $node->connstr('parts'), "$dir/d" ], "pg_restore --section=$_")
  for qw(pre-data data post-data);
is_whole('in sections', 'parts');
fresh('data');
command_ok([ 'pg_restore', '--exit-on-error', '-s', '-d', $node->connstr('data'), "$dir/c" ], 'pg_restore -s');
command_ok([ 'pg_restore', '--disable-triggers', '--exit-on-error', '-a', '-d', $node->connstr('data'), "$dir/c" ], 'pg_restore -a --disable-triggers into it');
my $gaps = q{SELECT string_agg(remedy, '; ') FROM pkint.check_protection() WHERE problem ~ 'trigger'};
like($node->safe_psql('data', $gaps), qr/SELECT pkint.protect\('(public\.)?log'\)/, 'data alone: --disable-triggers leaves ours weaker, which is found');
$node->safe_psql('data', $node->safe_psql('data', $gaps));
is_whole('data alone, then the remedies', 'data');

# one schema alone: rows, and nobody reads them until it is put right
my $alone = fresh('alone');
$node->safe_psql('alone', 'SET client_min_messages = warning; CREATE EXTENSION pkint CASCADE');
run_command([ 'pg_restore', '-n', 'public', '-d', $alone, "$dir/c" ]);
is($node->safe_psql('alone', 'SELECT count(*) FROM public.log'), 30, 'one schema: the rows are there');
is(seen_by($node, $_, 'alone'), '', "one schema: $_ reads nothing") for qw(awa boris);
like($node->safe_psql('alone', q{SELECT string_agg(severity || ' ' || object, ' ') FROM pkint.check_protection()}), qr/(high|critical|medium) (public\.)?log\b/,
	'one schema: check_protection() names the table');

# without owners, as another superuser, under another name of the owner
$node->safe_psql('postgres', 'CREATE ROLE second SUPERUSER LOGIN');
fresh('other');
command_ok([ 'pg_restore', '--exit-on-error', '-j', 2, '--no-owner', '-U', 'second', '-d', $node->connstr('other'), "$dir/d" ], 'pg_restore --no-owner as another superuser');
$node->safe_psql('other', 'ALTER TABLE log OWNER TO mission_data');
is_whole('another superuser, --no-owner', 'other');

# a copy by TEMPLATE, and another tablespace
$node->safe_psql('postgres', 'CREATE DATABASE twin TEMPLATE mission');
is_whole('TEMPLATE', 'twin');
mkdir "$dir/space";
$node->safe_psql('postgres', "CREATE TABLESPACE space LOCATION '$dir/space'");
command_ok([ 'pg_restore', '-j', 2, '--exit-on-error', '-d', fresh('spaced', 'TABLESPACE space'), "$dir/d" ], 'pg_restore into another tablespace');
is_whole('another tablespace', 'spaced');
$node->safe_psql('postgres', 'ALTER DATABASE spaced SET TABLESPACE pg_default');
is(seen_by($node, 'awa', 'spaced'), $expected{awa}, 'and back');

# another server: people are others until an administrator says that they are the same
my $there = mission_server('there', bare => 1);
$there->safe_psql('postgres', "CREATE ROLE unrelated_$_") for 1 .. 3;
command_ok([ 'pg_dumpall', '--no-role-passwords', '-f', "$dir/all.sql", '-d', $node->connstr('postgres'), map { "--exclude-database=$_" } qw(j4 jc parts data alone other twin spaced) ], 'pg_dumpall');
# the role postgres and the tablespace are there already
my $all = slurp_file("$dir/all.sql");
$all =~ s/^CREATE ROLE postgres;$//m;
$all =~ s/^CREATE DATABASE mission\b.*?;$//m if $there->safe_psql('postgres', q{SELECT count(*) FROM pg_database WHERE datname = 'mission'});
$all =~ s/^CREATE TABLESPACE space .*$//m;
append_to_file("$dir/all2.sql", $all);
$there->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/all2.sql", '-d', $there->connstr('postgres') ], 'the script of pg_dumpall runs to its end elsewhere');
is(seen_by($there, $_, 'mission'), '', "elsewhere: $_ reads nothing as yet") for qw(awa boris);
like($there->safe_psql('mission', q{SELECT string_agg(DISTINCT remedy, ' ') FROM pkint.check_protection() WHERE object = 'awa'}), qr/rebind_people/,
	'elsewhere: check_protection() says what to do');
$there->safe_psql('mission', 'SELECT * FROM pkint.rebind_people()');
is_whole('elsewhere', 'mission', $there);

done_testing();
