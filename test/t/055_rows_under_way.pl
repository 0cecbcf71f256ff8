# Rows on their way to a client, one by one (T23, T29): none leaves after a
# revocation has committed, and none before it is on record who reads.  The client
# writes down what arrives as it arrives; at the end of the statement it would
# be too late to tell.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use IPC::Run qw(start);
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);
use PkintTest;

my $node = mission_server('under_way');
small_mission($node);
$node->safe_psql('mission', q{
	CREATE TABLE stream (id int PRIMARY KEY, label pkint.label);
	INSERT INTO stream SELECT i, 'CONFIDENTIAL//REL U2//ORIG U2' FROM generate_series(1, 400) i;
	ALTER TABLE stream OWNER TO mission_data;
	SELECT pkint.protect('stream');
	GRANT SELECT ON stream TO PUBLIC;
});

# Begin to read as boris; each row with the time at which it was made, and so wide
# that it does not wait in a buffer.
sub begin_reading
{
	my ($file) = @_;
	my $err = '';
	my $reading = start([ 'psql', '-X', '-d', $node->connstr('mission') . ' user=boris', '-c',
		qq{\\copy (SELECT extract(epoch FROM clock_timestamp()), pg_sleep(0.03), repeat('x', 9000) FROM stream) TO '$file'} ],
		'<', \undef, '>', \my $out, '2>', \$err);

	for (my $i = 0; $i < 1200 && !-s $file; $i++)
	{
		sleep 0.05;
	}
	return ($reading, \$err);
}

# The first that boris ever reads: when rows have arrived and the statement is far from its end, the server is gone.
my $first = $node->basedir . '/first';
my ($reading, $err) = begin_reading($first);
ok(-s $first, 'rows arrive while the statement runs');
$node->stop('immediate');
eval { $reading->finish };
$node->start;
$node->safe_psql('mission', 'SELECT pkint.load_record()');
is($node->safe_psql('mission', q{SELECT count(*) > 0 FROM pkint.audit_entry WHERE kind = 'intent' AND person = 'boris' AND relation = 'public.stream'}),
	't', 'that boris reads was on record before the first row left');

# A revocation in the middle.
my $second = $node->basedir . '/second';
($reading, $err) = begin_reading($second);
my $revoked = as_person($node, 'officer', q{SELECT pkint.withdraw_clearance('boris'); SELECT extract(epoch FROM clock_timestamp())});
$revoked =~ s/^\s*//;
eval { $reading->finish };
like($$err, qr/what you may read has changed/, 'a statement under way is refused');
my @late = grep { $_ > $revoked } map { (split /\t/)[0] } split /\n/, slurp_file($second);
is(scalar @late, 0, 'no row that was made after the revocation has left');
cmp_ok(scalar(split /\n/, slurp_file($second)), '<', 400, 'and not all had been made before');

done_testing();
