# A clock that is set back revives nothing (T24).  The machine's clock is not the
# test's to move: instead the mark is moved ahead, which is what the server has
# when it has seen a later time and the clock then steps back.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('clock');
small_mission($node);
my $data = $node->data_dir;
my $psql = 'psql -X -q -At -h ' . $node->host . ' -p ' . $node->port . ' -d mission';

sub holes { return $node->safe_psql('mission', q{SELECT severity FROM pkint.check_protection() WHERE object = 'clock'}); }

# Everything that ends within the hour.
as_person($node, 'officer', q{
	SELECT pkint.set_clearance('boris', 'CONFIDENTIAL', until => now() + interval '30 minutes');
	SELECT pkint.appoint('awa', 'release_officer', 'JMAC', now() + interval '30 minutes');
	SELECT pkint.appoint('newcomer', 'head_of_mission');
	SELECT pkint.set_clearance('newcomer', 'CONFIDENTIAL'), pkint.assign('newcomer', 'U2');
});
as_person($node, 'awa', q{SELECT pkint.offer_access('log', '{20}', now() + interval '30 minutes', 'for the convoy', person => 'newcomer')});
is(seen_by($node, 'boris'), '1-15', 'a reader reads');
is(seen_by($node, 'newcomer'), '1-15,20-20', 'and so does one to whom a row was opened');
is(as_person($node, 'awa', q{SELECT pkint.has_duty('release_officer', 'JMAC')}), 't', 'an officer has her duty');
is(holes(), '', 'no hole is reported while the clock is right');

# An open transaction, while the clock goes on by an hour and steps back.
my $seen = as_person($node, 'boris', qq{
	BEGIN;
	SELECT count(*) FROM log;
	\\! $psql -U postgres -c "SELECT pkint.reset_clock(clock_timestamp() + interval '1 hour')" >/dev/null
	SELECT count(*) FROM log;
	COMMIT;});
is($seen, "15\n0", 'what had ended by the later time stays ended, within an open transaction');
is(seen_by($node, 'boris'), '', 'and in a new session');
is(seen_by($node, 'newcomer'), '1-15', 'a row that was opened is closed');
is(as_person($node, 'awa', q{SELECT pkint.has_duty('release_officer', 'JMAC')}), 'f', 'a duty is over');
is(holes(), 'high', 'the clock is reported to be behind');
my ($rc, $out, $err) = $node->psql('mission', q{SELECT pkint.set_clearance('boris', 'C', until => now() + interval '20 minutes')}, extra_params => [ '-U', 'officer' ]);
like($err, qr/is not in the future/, 'nothing is given that would end before the time that was seen');

# What the machine forgets at a restart is on disk.
$node->restart;
is(seen_by($node, 'boris'), '', 'after a restart');
$node->stop('immediate');
$node->start;
is(seen_by($node, 'boris'), '', 'after a crash');

# A file that is half written is no mark, and no reason not to start.
$node->stop;
my $mark = slurp_file("$data/pkint_clock");
open my $fh, '>:raw', "$data/pkint_clock" or die $!;
print $fh substr($mark, 0, 7);
close $fh;
$node->start;
like(slurp_file($node->logfile), qr/"pkint_clock" is damaged/, 'a damaged file is said to be so');
is(seen_by($node, 'boris'), '1-15', 'and the clock is taken as it is');

# One that cannot be read is said to be so, too.
$node->stop;
unlink "$data/pkint_clock";
mkdir "$data/pkint_clock" or die $!;
$node->start;
like(slurp_file($node->logfile), qr/could not .*"pkint_clock"|"pkint_clock" is damaged/, 'a file that cannot be read is no silent one');
$node->stop;
rmdir "$data/pkint_clock" or die $!;
$node->start;

# The mark follows the clock onto the disk by itself.
$node->poll_query_until('mission', q{SELECT (pg_stat_file('pkint_clock')).size > 7}) or die 'no mark is kept';
pass('the mark is kept while the server runs');

# The superuser puts it right, nobody else does, and it is on record.
$node->safe_psql('mission', q{SELECT pkint.reset_clock(clock_timestamp() + interval '1 day')});
is(seen_by($node, 'boris'), '', 'a clock that ran a day ahead ends things');
for my $person (qw(officer awa))
{
	($rc, $out, $err) = $node->psql('mission', 'SELECT pkint.reset_clock()', extra_params => [ '-U', $person ]);
	like($err, qr/only a superuser/, "$person cannot reset the clock");
	($rc, $out, $err) = $node->psql('mission', q{SELECT pkint.set_clock_mark('2030-01-01')}, extra_params => [ '-U', $person ]);
	like($err, qr/permission denied/, "$person cannot set the mark");
}
$node->safe_psql('mission', q{BEGIN; SELECT pkint.reset_clock(); ROLLBACK;});
is(seen_by($node, 'boris'), '1-15', 'a superuser does, and what ended by the wrong time alone holds again');
is(holes(), '', 'and nothing is reported any more');
$node->safe_psql('mission', 'SELECT pkint.load_record()');
is($node->safe_psql('mission', q{SELECT count(*) FROM pkint.audit_entry WHERE kind = 'reset_clock'}), 3, 'each reset is on record, whatever became of its transaction');
($rc, $out, $err) = $node->psql('mission', q{SELECT pkint.reset_clock('infinity')});
like($err, qr/cannot be set to this time/, 'not to infinity');

done_testing();
