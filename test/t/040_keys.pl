# The root key: a server that is given a bad one does not start and says why;
# one without any works but for sources; a wrong key is refused by its check
# value; a new key takes over step by step (T30, T31).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use POSIX qw(mkfifo);
use PkintTest;

my $dir = PostgreSQL::Test::Utils::tempdir();

# A key file of this content and mode.
sub key_file
{
	my ($name, $content, $mode) = @_;
	my $path = "$dir/$name";
	open(my $fh, '>', $path) or die "$path: $!";
	print $fh $content;
	close($fh);
	chmod($mode // 0600, $path);
	return $path;
}

sub random_key
{
	open(my $fh, '<:raw', '/dev/urandom') or die;
	read($fh, my $bytes, 32);
	return unpack('H*', $bytes);
}

my ($one, $two) = (random_key(), random_key());
my $good = key_file('good', "$one\n");

my $node = PostgreSQL::Test::Cluster->new('keys');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);

sub configure
{
	my ($settings) = @_;
	my $conf = $node->data_dir . '/pkint.conf';
	open(my $fh, '>', $conf) or die;
	print $fh "shared_preload_libraries = 'pkint'\n$settings\n";
	close($fh);
	return;
}
$node->append_conf('postgresql.conf', "include = 'pkint.conf'");

# --- bad keys ---------------------------------------------------------------

sub refused
{
	my ($settings, $message, $what) = @_;
	my $from = -s $node->logfile // 0;
	configure($settings);
	is($node->start(fail_ok => 1), 0, "$what: the server does not start");
	my $log = PostgreSQL::Test::Utils::slurp_file($node->logfile, $from);
	like($log, $message, "$what: and says why");
	unlike($log, qr/$one/i, "$what: without the key");
}
refused("pkint.key_file = '$dir/absent'", qr/could not open key file/, 'missing');
refused("pkint.key_file = '" . key_file('open', $one, 0644) . "'", qr/has group or world access/, 'readable by others');
# any bit for the group or for others, alone
for my $bit (0040, 0020, 0010, 0004, 0002, 0001)
{
	my $mode = 0600 | $bit;
	refused("pkint.key_file = '" . key_file(sprintf('mode%04o', $mode), $one, $mode) . "'", qr/has group or world access/, sprintf('mode %04o', $mode));
}
refused("pkint.key_file = '" . key_file('short', substr($one, 1)) . "'", qr/does not hold a key/, 'too short');
refused("pkint.key_file = '" . key_file('long', "${one}00") . "'", qr/does not hold a key/, 'too long');
refused("pkint.key_file = '" . key_file('nohex', 'z' x 64) . "'", qr/does not hold a key/, 'no hexadecimal');
refused("pkint.key_file = '" . key_file('zero', '0' x 64) . "'", qr/does not hold a key/, 'all zeros');
refused("pkint.key_file = '" . key_file('empty', '') . "'", qr/does not hold a key/, 'empty');
refused("pkint.key_file = '$dir'", qr/neither a regular file nor a FIFO/, 'a directory');
my $inside = $node->data_dir . '/key';
open(my $fh, '>', $inside) or die;
print $fh $one;
close($fh);
chmod(0600, $inside);
refused("pkint.key_file = '$inside'", qr/lies inside the data directory/, 'inside the data directory');
symlink($inside, "$dir/link");
refused("pkint.key_file = '$dir/link'", qr/lies inside the data directory/, 'inside, by a link');
unlink($inside);
refused("pkint.key_file = '$good'\npkint.keyring_directory = '" . $node->data_dir . "/base'",
	qr/keyring directory .* lies inside the data directory/, 'keyring inside the data directory');
refused("pkint.key_file = '$good'\npkint.key_command = 'cat $good'", qr/are both set/, 'file and command');
refused("pkint.key_command = 'echo nothing'", qr/did not print a key/, 'a command that prints no key');
refused("pkint.key_command = 'cat $good; exit 3'", qr/key_command failed/, 'a command that fails');

# --- no key -----------------------------------------------------------------

configure('');
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE mission');
$node->safe_psql('mission', q{SET client_min_messages = warning; CREATE EXTENSION pkint CASCADE;
	CREATE ROLE officer LOGIN; CREATE ROLE keeper LOGIN;
	SELECT pkint.appoint('officer', 'security_officer');});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis');
	SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC');});
like(PostgreSQL::Test::Utils::slurp_file($node->logfile), qr/no root key is configured/, 'no key: the log says so');
is($node->safe_psql('mission', q{SELECT 'C//REL JMAC'::pkint.label}), 'CONFIDENTIAL//REL JMAC', 'no key: labels work');
sub keeper
{
	my ($sql) = @_;
	my ($rc, $out, $err) = $node->psql('mission', $sql, extra_params => [ '-U', 'keeper' ]);
	return $rc == 0 ? $out : $err;
}
like(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}),
	qr/no root key.*pkint\.key_file/s, 'no key: registering says what is missing');
$node->stop;

# --- a key, by file, command and FIFO ----------------------------------------

configure("pkint.key_file = '$good'");
$node->start;
my $check = $node->safe_psql('mission', 'SELECT pkint.key_check_value()');
like($check, qr/^[0-9a-f]{16}$/, 'a key file');
my $code = keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)});
like($code, qr/^JMAC:/, 'a source is registered');
my ($ring) = glob("$good.ring/*.ring");
ok($ring, 'there is a keyring');
$node->stop;
configure("pkint.key_command = 'cat $good'\npkint.keyring_directory = '$good.ring'");
$node->start;
is($node->safe_psql('mission', 'SELECT pkint.key_check_value()'), $check, 'a key command gives the same key');
$node->stop;
mkfifo("$dir/fifo", 0600);
configure("pkint.key_file = '$dir/fifo'\npkint.keyring_directory = '$good.ring'");
my $writer = fork();
if ($writer == 0)
{
	open(my $out, '>', "$dir/fifo") or POSIX::_exit(1);
	print $out "$one\n";
	close($out);
	POSIX::_exit(0);
}
$node->start;
waitpid($writer, 0);
is($node->safe_psql('mission', 'SELECT pkint.key_check_value()'), $check, 'a FIFO gives it once');
is(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}), $code, 'and the vault opens');

# what a superuser with SQL tries: the memory of the server's processes
my $pid = $node->safe_psql('mission', 'SELECT pg_backend_pid()');
my ($rc, $out, $err) = $node->psql('mission',
	q{DO $$ DECLARE pid int := pg_backend_pid(); BEGIN EXECUTE format('CREATE TEMP TABLE t (l text); COPY t FROM PROGRAM %L', 'head -c 10 /proc/' || pid || '/mem'); END $$});
SKIP:
{
	skip 'root reads every memory', 1 if $> == 0;
	like($err, qr/Permission denied|failed/i, 'the memory of the server cannot be read by its own user');
}
$node->stop;

# --- another key, and damage --------------------------------------------------

configure("pkint.key_file = '" . key_file('other', $two) . "'\npkint.keyring_directory = '$good.ring'");
$node->start;
like(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}),
	qr/sealed with another root key.*$check/s, 'a wrong key is refused, naming the check value of the right one');
$node->stop;
configure("pkint.key_file = '$good'");
$node->start;
my $bytes = PostgreSQL::Test::Utils::slurp_file($ring);
sub write_ring
{
	my ($content) = @_;
	open(my $r, '>:raw', $ring) or die;
	print $r $content;
	close($r);
}
for my $damage ([ 'a changed bit', substr($bytes, 0, 50) . chr(ord(substr($bytes, 50, 1)) ^ 1) . substr($bytes, 51) ],
	[ 'a changed header', substr($bytes, 0, 15) . chr(9) . substr($bytes, 16) ],
	[ 'a missing end', substr($bytes, 0, -1) ], [ 'nothing', '' ])
{
	write_ring($damage->[1]);
	like(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}),
		qr/keyring file .* is damaged/, "keyring with $damage->[0]");
}
unlink($ring);
like(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}),
	qr/could not open keyring file/, 'keyring gone');
write_ring($bytes);
is(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}), $code, 'put back, all is well');

# --- a new key ----------------------------------------------------------------

keeper(q{SELECT pkint.register_source('JMAC', jsonb_build_object('name', 'Source Number' || n), true, false) FROM generate_series(1, 9) n;
	SELECT pkint.source_meeting(pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false), '2022-11-03', '{a,b}', 'first');});
$node->stop;
configure("pkint.key_file = '" . key_file('both', "$two\n$one\n") . "'\npkint.keyring_directory = '$good.ring'");
$node->start;
isnt($node->safe_psql('mission', 'SELECT pkint.key_check_value()'), $check, 'a new key is in force');
is(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}), $code, 'the old one still opens');
is($node->safe_psql('mission', 'SELECT pkint.rewrap_sources(4)'), 7, 'four rows sealed anew, seven are left');
$node->stop('immediate');
$node->start;
is($node->safe_psql('mission', 'SELECT pkint.rewrap_sources(4)'), 3, 'going on after a crash');
is($node->safe_psql('mission', 'SELECT pkint.rewrap_sources(4)'), 0, 'done');
$node->stop;
configure("pkint.key_file = '$dir/other'\npkint.keyring_directory = '$good.ring'");
$node->start;
is(keeper(q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)}), $code, 'the new key alone opens all');
like(keeper(q{SELECT pkint.source_meeting_note(1)}), qr/first/, 'notes of meetings too');
is(keeper(qq{SELECT pkint.redact('Awa Diop came', 'JMAC') = '$code came'}), 't', 'and the index of names');
$node->stop;
done_testing();
