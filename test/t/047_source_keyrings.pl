# Keyrings and dumps in the wrong place: an older copy put back, another mission's,
# another server with and without it, two databases with one, and none at all (T30).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use File::Copy;
use PkintTest;

my $dir = PostgreSQL::Test::Utils::tempdir();
sub server
{
	my ($name, $key, %args) = @_;
	mkdir("$dir/$name", 0700) or die;
	open(my $out, '>', "$dir/$name/key") or die;
	print $out "$key\n";
	close($out);
	chmod(0600, "$dir/$name/key");
	local $ENV{PKINT_KEY_FILE} = "$dir/$name/key";
	return mission_server($name, %args);
}
sub put { my ($from, $to) = @_; system('cp', '-p', $from, $to) == 0 or die; }
sub told { my ($where, $sql, $db) = @_; my ($rc, $out, $err) = $where->psql($db // 'mission', $sql, extra_params => [ '-U', 'keeper' ]); return ($out // '') . ($err // ''); }

my $key = 'a1b2c3d4' x 8;
my $node = server('first', $key);
$node->safe_psql('mission', q{CREATE ROLE officer LOGIN; CREATE ROLE keeper LOGIN;
	SELECT pkint.appoint('officer', 'security_officer');});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis');
	SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC');});
sub register { my ($where, $name, $db) = @_; return told($where, qq{SELECT pkint.register_source('JMAC', '{"name": "$name"}', true, false)}, $db); }
my $code = register($node, 'Zephyrine Kpodekon');
my $kept = register($node, 'Oumarou Baldeh');
my ($ring) = glob("$dir/first/key.ring/*.ring");
put($ring, "$dir/old.ring");
command_ok([ 'pg_dump', '-f', "$dir/before.sql", '-d', $node->connstr('mission') ], 'dumped before');

# --- an older copy of the keyring, put back -------------------------------------

register($node, "Later Person$_") for 1 .. 3;
like(told($node, qq{SELECT pkint.forget_source('$code', 'asked for it')}), qr/^1/, 'forgotten');
put("$dir/old.ring", $ring);
like(told($node, qq{SELECT * FROM pkint.source_aliases('$code')}), qr/has been forgotten/, 'an older keyring put back gives nothing back from the live database');
cmp_ok($node->safe_psql('mission', 'SELECT pkint.unforgotten_keys()'), '>', 0, 'and it is told that it is one');
like(register($node, 'Next Person'), qr/^JMAC:/, 'it hands out no leaf that has been used');
is($node->safe_psql('mission', 'SELECT count(*) - count(DISTINCT leaf) FROM pkint.source'), 0, 'all leaves differ');
$node->safe_psql('mission', 'SELECT pkint.finish_forgetting()');
is($node->safe_psql('mission', 'SELECT pkint.unforgotten_keys()'), 0, 'finish_forgetting() mends it');

# --- another mission's keyring ---------------------------------------------------

my $good = PostgreSQL::Test::Utils::slurp_file($ring);
my $other = server('second', '9f8e7d6c' x 8, conf => "pkint.mission = 'OTHER'\n");
$other->safe_psql('mission', q{CREATE ROLE officer LOGIN; CREATE ROLE keeper LOGIN; SELECT pkint.appoint('officer', 'security_officer');});
as_person($other, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis'); SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC');});
register($other, 'Somebody Else');
my ($foreign) = glob("$dir/second/key.ring/*.ring");
put($ring, "$dir/good.ring");
put($foreign, $ring);
like(told($node, qq{SELECT * FROM pkint.source_aliases('$kept')}), qr/keyring was sealed with another root key/, q{another mission's keyring is refused});
put("$dir/good.ring", $ring);

# a keyring of another vault of the same server, under this one's name
$node->safe_psql('postgres', 'CREATE DATABASE beside');
$node->safe_psql('beside', q{SET client_min_messages = warning; CREATE EXTENSION pkint CASCADE; SELECT pkint.appoint('officer', 'security_officer');});
$node->safe_psql('beside', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis'); SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC');}, extra_params => [ '-U', 'officer' ]);
like(register($node, 'Beside Person', 'beside'), qr/^JMAC:/, 'a second database has a keyring of its own');
my ($beside) = grep { $_ ne $ring } glob("$dir/first/key.ring/*.ring");
put($beside, $ring);
like(told($node, qq{SELECT * FROM pkint.source_aliases('$kept')}), qr/keyring file .* is damaged/, 'that of another vault is not taken for this one');
put("$dir/good.ring", $ring);
is(told($node, qq{SELECT count(*) FROM pkint.source_aliases('$kept')}), 1, 'put back, all is well');

# --- a dump, restored elsewhere --------------------------------------------------

my $third = server('third', $key, bare => 1);
$third->safe_psql('postgres', 'CREATE ROLE officer LOGIN; CREATE ROLE keeper LOGIN');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/before.sql", '-d', $third->connstr('mission') ], 'restored on another server');
$third->safe_psql('mission', 'SELECT pkint.rebind_people()');
like(told($third, qq{SELECT * FROM pkint.source_aliases('$kept')}), qr/could not open keyring file/, 'without the keyring nothing opens');
mkdir("$dir/third/key.ring", 0700);
put($ring, "$dir/third/key.ring/");
is(told($third, qq{SELECT count(*) FROM pkint.source_aliases('$kept')}), 1, 'with the newest one it opens what is kept');
like(told($third, qq{SELECT * FROM pkint.source_aliases('$code')}), qr/has been forgotten/, 'and not who was forgotten after the dump');
my ($stale) = glob("$dir/third/key.ring/*.ring");
put("$dir/old.ring", $stale);
is(told($third, qq{SELECT count(*) FROM pkint.source_aliases('$code')}), 1, 'an old copy of the keyring and an old dump together give her back: why old copies are to be destroyed');
$third->stop;
$other->stop;

# --- the extension is dropped -----------------------------------------------------

$node->safe_psql('mission', 'SET client_min_messages = warning; DROP EXTENSION pkint CASCADE; CREATE EXTENSION pkint CASCADE');
is($node->safe_psql('mission', 'SELECT count(*) FROM pkint.source'), 0, 'dropping the extension drops the vault');
is($node->safe_psql('mission', 'SELECT pkint.unforgotten_keys()'), 0, 'and it can be made again');
$node->stop;
done_testing();
