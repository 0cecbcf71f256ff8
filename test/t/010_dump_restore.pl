# A dump carries labels, clearances and policies: restored, it gives every role
# the same rows, and numbers go on where they were (T16).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('dump');
small_mission($node);
$node->safe_psql('mission', q{UPDATE pkint.place_precision SET radius_m = 30000 WHERE scheme = 'ucdp' AND code = '2'});

as_person($node, 'officer', q{
	INSERT INTO pkint.unit (code, name, parent, position) VALUES ('COY', 'a company', 'JMAC', 'POINT(18.55 4.37)');
	UPDATE pkint.unit SET parent = 'U2' WHERE code = 'COY'});
$node->safe_psql('mission', 'SELECT pkint.load_record()');

# an agreement opens what military has to analysis
$node->safe_psql('mission', 'CREATE ROLE release_u2 LOGIN; CREATE ROLE release_jmac LOGIN');
as_person($node, 'officer', q{SELECT pkint.appoint('release_u2', 'release_officer', 'U2'), pkint.appoint('release_jmac', 'release_officer', 'JMAC')});
as_person($node, 'release_u2', q{SELECT pkint.propose_agreement('U2', 'JMAC', 'weekly exchange', ceiling => 'CONFIDENTIAL')});
as_person($node, 'release_jmac', q{SELECT pkint.accept_agreement(max(id)) FROM pkint.agreement});

my %expected = (awa => '1-30', boris => '1-15', newcomer => '', officer => '');
is(seen_by($node, $_), $expected{$_}, "$_ sees what is his before the dump") for sort keys %expected;

my $dump = $node->backup_dir . '/mission.dump';
mkdir $node->backup_dir;
command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('mission') ], 'pg_dump');

$node->safe_psql('postgres', 'CREATE DATABASE restored');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $dump ], 'pg_restore');
$node->safe_psql('postgres', 'ALTER DATABASE restored SET search_path = "$user", public, pkint');

is(seen_by($node, $_, 'restored'), $expected{$_}, "$_ sees the same after the restore") for sort keys %expected;

my $protection = q{
	SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
	FROM pg_policy WHERE polrelid = 'public.log'::regclass ORDER BY polname};
is($node->safe_psql('restored', $protection), $node->safe_psql('mission', $protection), 'the policies are the same');
is($node->safe_psql('restored', q{SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'public.log'::regclass}),
	't|t', 'row security is on and forced');
my $triggers = q{SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'public.log'::regclass ORDER BY 1};
is($node->safe_psql('restored', $triggers), $node->safe_psql('mission', $triggers), 'the triggers are the same');

is($node->safe_psql('restored', q{SELECT radius_m FROM pkint.place_precision WHERE scheme = 'ucdp' AND code IN ('1', '2') ORDER BY code}),
	"1000\n30000", 'an edited precision code takes the place of the shipped one');

my $chart = q{SELECT unit, parent, since, until, decided_by_name, ended_by_name FROM pkint.unit_history ORDER BY id};
is($node->safe_psql('restored', $chart), $node->safe_psql('mission', $chart), 'the history of the units is the same, and not doubled');
my $positions = 'SELECT code, parent, ST_AsText(position) FROM pkint.unit ORDER BY code';
is($node->safe_psql('restored', $positions), $node->safe_psql('mission', $positions), 'units stand where they stood');
$node->safe_psql('restored', 'SELECT pkint.load_record()');
my $changes = q{SELECT count(*) FROM pkint.audit_entry WHERE kind IN ('unit', 'caveat')};
is($node->safe_psql('restored', $changes), $node->safe_psql('mission', $changes), 'a restore is no change of unit or caveat');
is($node->safe_psql('restored', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'and the record is whole');

my $decisions = 'SELECT count(*), max(id) FROM pkint.person_clearance';
is($node->safe_psql('restored', $decisions), $node->safe_psql('mission', $decisions), 'the decisions are the same');
cmp_ok($node->safe_psql('restored', q{SELECT nextval('pkint.decision_id')}), '>',
	$node->safe_psql('mission', 'SELECT max(id) FROM (SELECT id FROM pkint.person_clearance UNION ALL SELECT id FROM pkint.assignment UNION ALL SELECT id FROM pkint.appointment) d'),
	'the next decision gets a number of its own');

# the agreement is in force there, covers new rows, and ends there
is($node->safe_psql('restored', 'SELECT unit, with_unit, ceiling FROM pkint.agreements', extra_params => [ '-U', 'awa' ]),
	'U2|JMAC|CONFIDENTIAL', 'the agreement is in force after the restore');
$node->safe_psql('restored', q{INSERT INTO log VALUES (31, 'entry 31', 'CONFIDENTIAL//REL U2//ORIG U2'), (32, 'entry 32', 'CONFIDENTIAL//REL U2//ORIG MISSION')});
is(seen_by($node, 'awa', 'restored'), '1-31', 'and covers what is new');
$node->safe_psql('restored', q{SELECT pkint.end_agreement(id, 'over') FROM pkint.agreements}, extra_params => [ '-U', 'release_jmac' ]);
is(seen_by($node, 'awa', 'restored'), '1-5,16-30', 'until it is ended there');
is(seen_by($node, 'awa'), '1-30', 'which ends none in the old database');
$expected{awa} = '1-5,16-30';
$node->safe_psql('restored', q{DELETE FROM log WHERE id > 30});

# an ordinary role's own dump: what SELECT shows, or a plain refusal
my ($out, $err) = run_command([ 'pg_dump', '-a', '-t', 'log', '-U', 'boris', '-d', $node->connstr('mission') ]);
like($err, qr/row-level security|row security/, 'an ordinary role\'s pg_dump is refused');
unlike($out, qr/entry 20/, 'and lets nothing out');
($out, $err) = run_command([ 'pg_dump', '-a', '--enable-row-security', '-t', 'log', '-U', 'boris', '-d', $node->connstr('mission') ]);
like($out, qr/entry 10\b/, 'with --enable-row-security it has what he may read');
unlike($out, qr/entry 20\b/, 'and nothing else');

# the restored database obeys new decisions
as_person($node, 'officer', q{SELECT pkint.withdraw_clearance('awa')});
is(seen_by($node, 'awa'), '', 'a revocation in the old database');
is(seen_by($node, 'awa', 'restored'), $expected{awa}, 'is none in the restored one');
$node->safe_psql('restored', q{SELECT pkint.withdraw_clearance('awa')}, extra_params => [ '-U', 'officer' ]);
is(seen_by($node, 'awa', 'restored'), '', 'until it is made there too');

done_testing();
