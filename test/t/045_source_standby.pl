# What the primary forgets, its standbys forget before forget_source() reports
# success: their own copies of the keyring lose the leaf while they replay (T30).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use File::Copy;
use PkintTest;

my $dir = PostgreSQL::Test::Utils::tempdir();
copy($ENV{PKINT_KEY_FILE}, "$dir/key") or die;
chmod(0600, "$dir/key");
local $ENV{PKINT_KEY_FILE} = "$dir/key";
my $node = mission_server('primary', init => { allows_streaming => 1 });
$node->safe_psql('mission', q{CREATE ROLE officer LOGIN; CREATE ROLE keeper LOGIN;
	SELECT pkint.appoint('officer', 'security_officer');});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis');
	SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC');});
sub register { return as_person($node, 'keeper', qq{SELECT pkint.register_source('JMAC', '{"name": "$_[0]"}', true, false)}); }

my $first = register('Zephyrine Kpodekon');
$node->backup('before');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'before', has_streaming => 1);
# its own key and its own copy of the keyring
mkdir("$dir/there", 0700) or die;
copy("$dir/key", "$dir/there/key") or die;
chmod(0600, "$dir/there/key");
system('cp', '-rp', "$dir/key.ring", "$dir/there/key.ring") == 0 or die;
$standby->append_conf('postgresql.conf', "pkint.key_file = '$dir/there/key'\n");
$standby->start;
my ($there) = glob("$dir/there/key.ring/*.ring");
my ($here) = glob("$dir/key.ring/*.ring");

# registered after the copy was made: the copy computes their leaves all the same
my $second = register('Oumarou Baldeh');
my $kept = register('Third Person');
$node->wait_for_catchup($standby);
system('cp', '-p', $there, "$dir/stolen.ring") == 0 or die;

sub told { my ($where, $sql, $who) = @_; my ($rc, $out, $err) = $where->psql('mission', $sql, extra_params => [ '-U', $who // 'keeper' ]); return ($out // '') . ($err // ''); }
sub left { return $_[0]->safe_psql('mission', 'SELECT pkint.unforgotten_keys()'); }

my $said = told($node, qq{SELECT pkint.forget_source('$first', 'she asked')});
unlike($said, qr/WARNING/, 'forgotten, and no standby is named');
like($said, qr/^1/, 'it says how many codes');
# no waiting here: it has been confirmed
is(left($standby), 0, 'the standby has forgotten when the statement returns');
cmp_ok(-s $there, '>', 600, 'its keyring holds the way round one leaf');
is(left($node), 0, 'so has the primary');

# the old copy does give the key, where it is put back: the test sees what it says
system('cp', '-p', $there, "$dir/good.ring") == 0 or die;
system('cp', '-p', "$dir/stolen.ring", $there) == 0 or die;
cmp_ok(left($standby), '>', 0, 'an old copy put back on the standby is seen');
system('cp', '-p', "$dir/good.ring", $there) == 0 or die;

# a keyring that cannot be written there: replay waits, and the primary says so
SKIP:
{
	skip 'root writes everywhere', 4 if $> == 0;
	$node->append_conf('postgresql.conf', "pkint.keyring_wait = '2s'\npkint.keyring_standbys = 'elsewhere'\n");
	$node->reload;
	chmod(0500, "$dir/there/key.ring");
	$said = told($node, qq{SELECT pkint.forget_source('$second', 'he asked')});
	like($said, qr/the standby "standby" may still have the key of what was forgotten.*has not yet confirmed/s, 'a standby that cannot write is named');
	like($said, qr/the standby "elsewhere" may still have.*not connected/s, 'so is one that is listed and not there');
	like(PostgreSQL::Test::Utils::slurp_file($standby->logfile), qr/replay waits until a forgotten source/, 'its log says what it waits for');
	chmod(0700, "$dir/there/key.ring");
	$node->wait_for_catchup($standby);
	is(left($standby), 0, 'mended, it goes on and has forgotten');
}

# a new root key: the standby's copy of the keyring is sealed under it too
my ($new_key) = unpack('H64', 'another key of thirty-two bytes!' x 1);
for my $file ("$dir/key", "$dir/there/key")
{
	my $old = PostgreSQL::Test::Utils::slurp_file($file);
	open(my $out, '>', $file) or die;
	print $out "$new_key\n$old";
	close($out);
}
$standby->restart;
$node->restart;
is($node->safe_psql('mission', 'SELECT pkint.rewrap_sources(1000)'), 0, 'sealed anew under another root key');
$node->wait_for_catchup($standby);
for my $file ("$dir/key", "$dir/there/key")
{
	open(my $out, '>', $file) or die;
	print $out "$new_key\n";
	close($out);
}
$standby->restart;
$node->restart;
$node->wait_for_catchup($standby);
is(left($standby), 0, 'the standby goes on with the new key alone');
$said = told($node, q{SELECT pkint.rebuild_name_index()});
$said = told($node, q{SELECT pkint.finish_forgetting()}, 'postgres');
unlike($said, qr{standby "standby"}, q{and forgets as before});

# promoted, it opens what is kept and nothing else, and reuses no leaf
$node->stop;
$standby->promote;
like(told($standby, qq{SELECT * FROM pkint.source_aliases('$first')}), qr/has been forgotten/, 'promoted, it has forgotten');
is(as_person($standby, 'keeper', qq{SELECT count(*) FROM pkint.source_aliases('$kept')}), 1, 'and opens the others');
my $new = as_person($standby, 'keeper', q{SELECT pkint.register_source('JMAC', '{"name": "Fourth Person"}', true, false)});
like($new, qr/^JMAC:/, 'a source is registered there: its stale keyring hands out no leaf twice');
is($standby->safe_psql('mission', 'SELECT count(*) - count(DISTINCT leaf) FROM pkint.source'), 0, 'all leaves differ');

# the old primary crashed between commit and keyring: its recovery makes up for it
$standby->stop;
system('cp', '-p', $here, "$dir/kept.ring") == 0 or die;
$node->start;
told($node, qq{SELECT pkint.forget_source('$kept', 'x')});
$node->stop('immediate');
system('cp', '-p', "$dir/kept.ring", $here) == 0 or die;
$node->start;
is(left($node), 0, 'recovery from a crash punctures what the log says was forgotten');
$node->stop;
done_testing();
