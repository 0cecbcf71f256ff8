# After a crash, and on a standby, the protection is what it was (T22, T23).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $primary = mission_server('primary', init => { allows_streaming => 1 });
small_mission($primary);

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

my %expected = (awa => '1-5,16-30', boris => '1-15', newcomer => '');
is(seen_by($standby, $_), $expected{$_}, "$_ on the standby") for sort keys %expected;

# one session of awa's stays open on the standby while she loses her clearance
my ($in, $out, $err) = ('', '', '');
my $session = IPC::Run::start([ 'psql', '-XAtq', '-U', 'awa', '-d', $standby->connstr('mission') ], '<', \$in, '>', \$out, '2>', \$err);
$in .= "SELECT 'before ' || count(*) FROM log;\n";
pump_until($session, IPC::Run::timeout(60), \$out, qr/before 20/);
like($out, qr/before 20/, 'an open session on the standby reads');
as_person($primary, 'officer', q{SELECT pkint.withdraw_clearance('awa')});
$primary->wait_for_catchup($standby);
$in .= "SELECT 'after ' || count(*) FROM log;\n";
pump_until($session, IPC::Run::timeout(60), \$out, qr/after \d+/);
like($out, qr/after 0/, 'and reads nothing once the revocation is replayed');
$in .= "\\q\n";
$session->finish;

# a crash in the middle of a decision leaves it undone; committed ones stay
as_person($primary, 'officer', q{SELECT pkint.set_clearance('newcomer', 'CONFIDENTIAL'), pkint.assign('newcomer', 'U2')});
my ($in2, $out2) = ('', '');
my $open = IPC::Run::start([ 'psql', '-XAtq', '-U', 'officer', '-d', $primary->connstr('mission') ], '<', \$in2, '>', \$out2, '2>', \$err);
$in2 .= "BEGIN; SELECT pkint.withdraw_clearance('boris'); SELECT 'done';\n";
pump_until($open, IPC::Run::timeout(60), \$out2, qr/done/);
$primary->stop('immediate');
$open->finish;
$primary->start;
is(seen_by($primary, 'boris'), $expected{boris}, 'a decision that had not committed is not taken');
is(seen_by($primary, 'newcomer'), '1-15', 'one that had committed stands');
is(seen_by($primary, 'awa'), '', 'so does the revocation');

# a promoted standby protects as the primary did
$primary->wait_for_catchup($standby);
$primary->stop;
$standby->promote;
is(seen_by($standby, 'boris'), $expected{boris}, 'a promoted standby protects');
is(seen_by($standby, 'newcomer'), '1-15', 'with the newest decisions');
is(seen_by($standby, 'awa'), '', 'and the newest revocations');

# not preloaded: nothing can be read half guarded
$standby->stop;
my $conf = $standby->data_dir . '/postgresql.conf';
my $text = slurp_file($conf);
$text =~ s/^shared_preload_libraries.*$//mg;
open my $fh, '>', $conf or die $!;
print $fh $text;
close $fh;
$standby->start;
my ($rc, $stdout, $stderr) = $standby->psql('mission', 'SELECT count(*) FROM log', extra_params => [ '-U', 'boris' ]);
isnt($rc, 0, 'without the library preloaded nothing is read');
like($stderr, qr/shared_preload_libraries/, 'and the message says what to do');

done_testing();
