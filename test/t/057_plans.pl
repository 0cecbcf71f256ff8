# Plans of protected tables reach nobody whom row security binds, whatever library asks for them and however it was loaded: a function that starts
# statements to print their plans (test/plans/plan_of.c), auto_explain, pg_stat_statements.  What libraries write to the log they go on writing.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $config = $ENV{PG_CONFIG} || 'pg_config';
my ($include) = map { chomp; $_ } `$config --includedir-server 2>/dev/null`;
my $library = PostgreSQL::Test::Utils::tempdir() . '/plan_of.so';
plan skip_all => 'the server\'s headers are not installed'
  unless -f "$include/postgres.h" && system("cc -O1 -fPIC -shared -I'$include' -o '$library' '$FindBin::RealBin/../plans/plan_of.c'") == 0;

my $node = mission_server('plans', conf => q{
	pg_stat_statements.track = all
	auto_explain.log_min_duration = 0
	auto_explain.log_analyze = on
	auto_explain.log_buffers = on
	auto_explain.log_nested_statements = on
});
small_mission($node);
$node->safe_psql('mission', qq{
	CREATE FUNCTION plan_of(statement text, with_counts boolean) RETURNS text STRICT LANGUAGE C AS '$library';
	CREATE SCHEMA boris AUTHORIZATION boris;
	CREATE TABLE map (id int); INSERT INTO map SELECT generate_series(1, 100); GRANT SELECT ON map TO PUBLIC;
	CREATE ROLE keeper LOGIN BYPASSRLS; GRANT SELECT ON log TO keeper;
});
as_person($node, 'boris', q{
	CREATE VIEW boris.through AS SELECT id FROM log;
	GRANT USAGE ON SCHEMA boris TO PUBLIC; GRANT SELECT ON boris.through TO PUBLIC;
	CREATE FUNCTION boris.key(k int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(what) FROM log WHERE id = k); END $$;
	CREATE FUNCTION boris.plan(statement text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN public.plan_of(statement, true); END $$;
	CREATE FUNCTION boris.inside() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT id FROM log';
});

# What a session says, to its output and beside it.
sub said
{
	my ($person, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql('mission', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $person ], on_error_stop => 0);
	return "$out\n$err";
}

my $figures = qr/cost=|rows=|loops=|Buffers|Scan/;

# Whoever is bound gets no plan out of the function, and everybody else does.
sub plans_are_withheld
{
	my ($how, @more) = @_;

	for my $counts ('true', 'false')
	{
		like(said('postgres', "SELECT plan_of('SELECT * FROM log', $counts)"), $figures, "$how: a superuser gets a plan ($counts)");
		like(said('keeper', "SELECT plan_of('SELECT * FROM log', $counts)"), $figures, "$how: so does a role that bypasses row security");
		like(said('boris', "SELECT plan_of('SELECT * FROM map', $counts)"), $figures, "$how: a reader gets one of an open table");
		for my $statement ('SELECT * FROM log', @more)
		{
			my $out = said('boris', "SELECT plan_of('$statement', $counts)");
			like($out, qr/plan withheld/, "$how: and none of $statement");
			unlike($out, $figures, "$how: no figure of it");
		}
	}
	# auto_explain with log_buffers has pages counted all the same: a residue that docs/residues.md names
	unlike(said('boris', q{SELECT plan_of('SELECT * FROM boris.inside()', true)}), qr/Buffers|time=/, "$how: no pages of a function that reads one")
	  if $how eq 'alone';
	unlike(said('newcomer', q{SELECT boris.plan('SELECT * FROM log')}), $figures, "$how: none by a function of a reader's own");
	unlike(said('boris', q{DO $$ BEGIN RAISE NOTICE '%', plan_of('SELECT * FROM log', true); END $$}), $figures, "$how: none within DO");
	unlike(said('postgres', q{SET ROLE boris; SELECT plan_of('SELECT * FROM log', true)}), $figures, "$how: none after SET ROLE");
}

# Statements go on, and their plans are in the server's log and nowhere else.
sub plans_are_logged
{
	my ($how) = @_;

	for my $level ('notice', 'log')
	{
		$node->safe_psql('mission', "ALTER ROLE boris SET auto_explain.log_level = $level");
		my $from = -s $node->logfile;
		my $out = said('boris', 'SET client_min_messages = log; SELECT count(*) FROM log; SELECT boris.key(20); SELECT boris.key(20) FROM map LIMIT 1; EXPLAIN ANALYZE SELECT boris.key(7)');
		unlike($out, qr/Buffers|Seq Scan|Index Scan|duration/, "$how, at level $level: no plan reaches the reader");
		like($out, qr/^15$/m, "$how, at level $level: statements go on");
		my $log = slurp_file($node->logfile, $from);
		like($log, qr/plan:.*actual.*Buffers/s, "$how, at level $level: the plan is in the log");
	}
	like(said('boris', 'SET force_parallel_mode = on; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT count(*) FROM log'),
		qr/^15$/m, "$how: so do parallel ones") if $node->safe_psql('mission', 'SHOW server_version_num') < 160000;
	$node->safe_psql('mission', 'ALTER ROLE boris RESET ALL');
}

plans_are_withheld('alone', 'SELECT * FROM boris.through', 'SELECT * FROM map WHERE id IN (SELECT id FROM log)',
	'UPDATE log SET what = 1', 'DELETE FROM log');

$node->append_conf('postgresql.conf', "session_preload_libraries = 'auto_explain'\n");
$node->reload;
plans_are_withheld('auto_explain in each session');
plans_are_logged('auto_explain in each session');

$node->append_conf('postgresql.conf', "session_preload_libraries = ''\nshared_preload_libraries = 'pkint, auto_explain, pg_stat_statements'\n");
$node->restart;
plans_are_withheld('libraries after pkint');
plans_are_logged('libraries after pkint');

$node->append_conf('postgresql.conf', "shared_preload_libraries = '$library, auto_explain, pg_stat_statements, pkint'\n");
$node->restart;
plans_are_withheld('libraries before pkint');
plans_are_logged('libraries before pkint');

# another library's EXPLAIN
like(said('postgres', 'EXPLAIN SELECT * FROM log'), qr/Shown by: plan_of.*cost=/s, 'another library shows plans in its own way, to superusers');
like(said('boris', 'EXPLAIN SELECT * FROM map'), qr/Shown by: plan_of.*cost=/s, 'and to readers, of open tables');
like(said('boris', 'EXPLAIN SELECT * FROM log'), qr/^plan withheld  \(cost=0.00..1000.00 rows=1000 width=100\)$/m, 'and none of a protected one');
unlike(said('boris', 'EXPLAIN ANALYZE SELECT * FROM boris.inside()'), qr/Buffers|Seq Scan|Index/, 'nor of what a function reads');

# a view of a reader's, explained by those who are bound by nothing
for my $person ('postgres', 'keeper')
{
	like(said($person, 'EXPLAIN SELECT * FROM boris.through'), qr/Scan/, "$person gets the plan of a reader's view");
	like(said($person, 'PREPARE v AS SELECT * FROM boris.through; EXPLAIN EXECUTE v'), qr/Scan/, "$person gets it by EXECUTE too");
	like(said($person, 'EXPLAIN (ANALYZE, BUFFERS) SELECT 1'), qr/Execution Time/, "$person gets counters");
}

# pg_stat_statements counts a page more for a hidden row
$node->safe_psql('mission', 'CREATE SCHEMA stat; GRANT USAGE ON SCHEMA stat TO PUBLIC; CREATE EXTENSION pg_stat_statements SCHEMA stat');
my $pages = q{SELECT sum(shared_blks_hit + shared_blks_read) FROM stat.pg_stat_statements WHERE query LIKE 'SELECT count(what) FROM log WHERE id = $%'};
my $ask = sub { "SELECT count(what) FROM log WHERE id = $_[0] \\g /dev/null\n$pages;\n" };
my (undef, $none, $absent, $hidden) = split /\n/,
  as_person($node, 'boris', "SET enable_seqscan = off; SET enable_bitmapscan = off;\n" . join('', map { $ask->($_) } 900, 901, 902, 20));
cmp_ok($hidden - $absent, '>', $absent - $none, 'before hardening: a hidden row takes more pages than an absent one');
like($node->safe_psql('mission', 'SELECT object FROM pkint.check_protection()'), qr/^pg_stat_statements$/m, 'which check_protection() names');
$node->safe_psql('mission', 'SELECT pkint.harden()');
unlike($node->safe_psql('mission', 'SELECT object FROM pkint.check_protection()'), qr/^pg_stat_statements$/m, 'until harden() closes it');
for my $what ('stat.pg_stat_statements', 'stat.pg_stat_statements_info', 'stat.pg_stat_statements(true)')
{
	like(said('boris', "SELECT * FROM $what"), qr/permission denied/, "$what is closed to readers");
	$node->safe_psql('mission', "SELECT * FROM $what");
}
$node->safe_psql('mission', 'GRANT pg_read_all_stats TO awa; GRANT SELECT ON stat.pg_stat_statements TO newcomer');
is($node->safe_psql('mission', q{SELECT string_agg(object, ' ' ORDER BY object) FROM pkint.check_protection() WHERE problem ~ 'pg_read_all_stats|may use stat'}), 'awa newcomer',
	'who was let in again is named');
as_person($node, 'awa', 'SELECT count(*) FROM stat.pg_stat_statements');

# who asked for plans is on record
cmp_ok($node->safe_psql('mission', q{SELECT pkint.load_record() >= 0; SELECT count(*) FROM pkint.audit_entry WHERE kind = 'refusal' AND person = 'boris' AND detail ->> 'reason' ~ 'plan'}) =~ s/^t\n//r, '>', 0,
	'a refused plan is on record');
done_testing();
