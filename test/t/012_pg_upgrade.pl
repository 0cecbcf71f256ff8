# pg_upgrade of a database with people, grants, a protected partitioned table, a
# register and the record: it completes, everybody reads the same rows, the record
# verifies, indexes over labels and footprints are used, and check_protection()
# asks for harden() where that is needed (F1).  From the version to itself, unless PKINT_OLD_BIN
# names the binaries of an older server that has pkint too.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $old_prefix = $ENV{PKINT_OLD_BIN} ? { install_path => $ENV{PKINT_OLD_BIN} } : {};
my $old = mission_server('old', cluster => $old_prefix);
my $old_bin = $old->config_data('--bindir');

small_mission($old);
many_kinds_of_policy($old);
$old->safe_psql('mission', q{
	CREATE TABLE patrol (id int, what text, f pkint.footprint, PRIMARY KEY (id)) PARTITION BY RANGE (id);
	CREATE TABLE patrol_1 PARTITION OF patrol FOR VALUES FROM (0) TO (5000);
	CREATE TABLE patrol_2 PARTITION OF patrol FOR VALUES FROM (5000) TO (10000);
	SELECT pkint.protect('patrol', default_label => 'CONFIDENTIAL//REL JMAC//ORIG JMAC');
	INSERT INTO patrol (id, what, f, label) SELECT i, 'patrol ' || i, pkint.make_footprint(15 + i * 0.001, 5, 100, '[2022-06-03,2022-06-04)'),
		CASE WHEN i % 500 = 0 THEN 'CONFIDENTIAL//REL JMAC,U2//ORIG JMAC' ELSE 'CONFIDENTIAL//REL JMAC//ORIG JMAC' END::pkint.label FROM generate_series(0, 9999) i;
	CREATE INDEX patrol_place ON patrol USING gist (f);
	ALTER TABLE patrol OWNER TO mission_data; ALTER TABLE patrol_1 OWNER TO mission_data; ALTER TABLE patrol_2 OWNER TO mission_data;
	GRANT SELECT ON patrol TO PUBLIC;
	CREATE VIEW by_label WITH (security_invoker) AS SELECT label, count(*) AS n, min(f::geography::text) AS place FROM patrol GROUP BY label ORDER BY label;
	GRANT SELECT ON by_label TO PUBLIC;
	SELECT pkint.harden();
	ANALYZE});

my @people = qw(awa boris newcomer officer);
my $patrols = q{SELECT count(*) || ' ' || coalesce(sum(id), 0) || ' ' || (SELECT count(*) FROM by_label) FROM patrol};
my $near = q{SELECT count(*) FROM patrol WHERE f && pkint.make_footprint(16, 5, 1000, '[2022-06-03,2022-06-04)')};

sub state_of
{
	my ($node) = @_;
	my $ask = sub { my ($q, $who) = @_; $node->safe_psql('mission', $q, extra_params => [ '-U', $who ]) };
	return {
		counts => policy_counts($node, 'mission'),
		rows => join(' ', map { "$_ " . seen_by($node, $_) } @people),
		reports => reports_seen($node, 'mission'),
		patrols => join(' ', map { "$_ " . $ask->($patrols, $_) } @people),
		near => join(' ', map { "$_ " . $ask->($near, $_) } @people),
		policies => $node->safe_psql('mission', q{SELECT polrelid::regclass, polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 1, 2}),
		triggers => $node->safe_psql('mission', q{SELECT tgrelid::regclass::text COLLATE "C", tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2}),
		members => $node->safe_psql('mission', q{SELECT classid::regclass::text, count(*) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
			WHERE d.refclassid = 'pg_extension'::regclass AND e.extname = 'pkint' AND d.deptype = 'e' GROUP BY 1 ORDER BY 1}),
		comments => $node->safe_psql('mission', q{SELECT count(*) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pkint'
			JOIN pg_description c ON c.classoid = d.classid AND c.objoid = d.objid WHERE d.deptype = 'e'}),
		privileges => $node->safe_psql('mission', q{SELECT p.oid::regprocedure, has_function_privilege('public', p.oid, 'EXECUTE') FROM pg_proc p
			WHERE pronamespace = 'pkint'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C"}),
	};
}

my $before = state_of($old);
like($before->{patrols}, qr/^awa 10000 49995000 2 boris 20 95000 1 newcomer 0 0 0 officer 0 0 0$/, 'before, everybody reads what is theirs');
$old->safe_psql('mission', 'SELECT pkint.load_record()');
my $record = $old->safe_psql('mission', 'SELECT count(*) FROM pkint.audit_entry');
cmp_ok($record, '>', 20, 'there is a record');
is($old->safe_psql('mission', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'which verifies');
$old->stop;

my $new = mission_server('new', unborn => 1);
my @upgrade = ('pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $old_bin, '-B', $new->config_data('--bindir'),
	'-s', $new->host, '-p', $old->port, '-P', $new->port, '-U', 'postgres');
chdir $PostgreSQL::Test::Utils::tmp_check;
command_ok([ @upgrade, '--check' ], 'pg_upgrade --check');
command_ok(\@upgrade, 'pg_upgrade completes') or diag(join "\n", map { grep { /error/i } split /\n/, slurp_file($_) }
	glob($new->data_dir . '/pg_upgrade_output.d/*/log/pg_upgrade_dump_*.log'));
$new->start;

my $after = state_of($new);
is($after->{$_}, $before->{$_}, "after it $_ are as before") for sort keys %$before;
is($new->safe_psql('mission', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'the record verifies');
is($new->safe_psql('mission', q{SELECT count(*) FROM pkint.audit_entry WHERE kind NOT IN ('read', 'intent', 'keys', 'refusal')}),
	$new->safe_psql('mission', qq{SELECT count(*) FROM (SELECT kind FROM pkint.audit_entry ORDER BY seq LIMIT $record) e WHERE kind NOT IN ('read', 'intent', 'keys', 'refusal')}),
	'and the upgrade itself is no act');

$new->safe_psql('mission', 'VACUUM ANALYZE');
my $plan = sub { $new->safe_psql('mission', 'SET enable_seqscan = off; EXPLAIN (COSTS OFF) ' . $_[0]) };
like($plan->($near), qr/Index/, 'the index over footprints is used');
like($plan->(q{SELECT count(*) FROM patrol WHERE label <@ 'CONFIDENTIAL//UNITS U2'::pkint.clearance}), qr/Index|Bitmap/, 'and that over labels');
is($new->safe_psql('mission', q{SELECT EXISTS (SELECT FROM pkint.check_protection() WHERE object = 'pg_catalog' AND remedy ~ 'harden')}),
	$new->safe_psql('mission', q{SELECT EXISTS (SELECT FROM pkint.telling_functions() f WHERE has_function_privilege('public', f::oid, 'EXECUTE'))}),
	'check_protection() asks for harden() where what it took is open again');
$new->safe_psql('mission', 'SELECT pkint.harden()');
is($new->safe_psql('mission', q{SELECT string_agg(object || ': ' || problem, '; ') FROM pkint.check_protection() WHERE severity IN ('critical', 'high') AND object !~ '^(server|record)$'}), '', 'and finds no hole then');
as_person($new, 'officer', q{SELECT pkint.withdraw_clearance('awa')});
is(seen_by($new, 'awa'), '', 'a revocation binds');
cmp_ok($new->safe_psql('mission', q{SELECT nextval('pkint.decision_id')}), '>', $new->safe_psql('mission', 'SELECT max(id) FROM pkint.person_clearance'), 'the next decision has a number of its own');

done_testing();
