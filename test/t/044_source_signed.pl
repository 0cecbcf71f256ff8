# Approvals signed with Ed25519: who has registered a key must sign, and sign
# the very request; a key slipped into the table counts for nothing; and the
# server can ask for signatures from everybody.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

plan skip_all => 'openssl is not here' if system('openssl version >/dev/null 2>&1') != 0;

my $dir = PostgreSQL::Test::Utils::tempdir();
my $node = mission_server('signed', conf => "pkint.reveal_delay = 0\n");
$node->safe_psql('mission', q{CREATE ROLE officer LOGIN; CREATE ROLE one LOGIN; CREATE ROLE two LOGIN; CREATE ROLE asker LOGIN;
	SELECT pkint.appoint('officer', 'security_officer');});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis');
	SELECT pkint.appoint('one', 'source_custodian', 'JMAC'), pkint.appoint('two', 'source_custodian', 'JMAC');});

# Make a key; its public half as hexadecimal digits.
sub make_key
{
	my ($name) = @_;
	system("openssl genpkey -algorithm ed25519 -out '$dir/$name.pem' 2>/dev/null") == 0 or die;
	return unpack('H*', `openssl pkey -in '$dir/$name.pem' -pubout -outform DER | tail -c 32`);
}

# Sign as docs/custodian.md tells.
sub sign
{
	my ($name, $person, $request) = @_;
	my $connstr = $node->connstr('mission') . " user=$person";
	system("psql -X -A -t -d \"$connstr\" -c 'SELECT pkint.approval_message($request)' | head -c -1 > '$dir/message'") == 0 or die;
	return unpack('H*', `openssl pkeyutl -sign -inkey '$dir/$name.pem' -rawin -in '$dir/message'`);
}

sub told
{
	my ($person, $sql) = @_;
	my ($rc, $out, $err) = $node->psql('mission', $sql, extra_params => [ '-U', $person ]);
	return $rc == 0 ? "ok $out" : $err;
}

my $code = as_person($node, 'one', q{SELECT pkint.register_source('JMAC', '{"name": "Awa Diop"}', true, false)});
my $request = as_person($node, 'asker', qq{SELECT pkint.request_reveal('$code', 'threatened')});
my $other = as_person($node, 'asker', qq{SELECT pkint.request_reveal('$code', 'threatened again')});
my $public = make_key('one');
make_key('stranger');

like(told('asker', "SELECT pkint.register_approval_key('\\x$public')"), qr/duty of source custodian/, 'only custodians register keys');
like(told('one', "SELECT pkint.register_approval_key('\\x00')"), qr/32 bytes/, 'a key has 32 bytes');
like(told('one', "SELECT pkint.register_approval_key('\\x$public')"), qr/^ok/, 'a key is registered');
like(told('one', "SELECT pkint.approve_reveal($request)"), qr/not signed with your key/, 'from then on, not without a signature');
my $wrong = sign('one', 'one', $other);
like(told('one', "SELECT pkint.approve_reveal($request, '\\x$wrong')"), qr/not signed with your key/, 'not with that over another request');
my $strange = sign('stranger', 'one', $request);
like(told('one', "SELECT pkint.approve_reveal($request, '\\x$strange')"), qr/not signed with your key/, 'not with another key');
my $good = sign('one', 'one', $request);
like(told('one', "SELECT pkint.approve_reveal($request, '\\x$good')"), qr/^ok/, 'with his own, over this request');
like(told('two', "SELECT pkint.approve_reveal($request)"), qr/^ok/, 'who has no key approves without');

# what a superuser slips in: another's public key in the place of the custodian's, another signature, another reason
my $theirs = unpack('H*', `openssl pkey -in '$dir/stranger.pem' -pubout -outform DER | tail -c 32`);
$node->safe_psql('mission', "CREATE TABLE kept AS TABLE pkint.approval_key; UPDATE pkint.approval_key SET public_key = '\\x$theirs'; UPDATE pkint.reveal_approval SET signature = '\\x$strange' WHERE person_name = 'one'");
like(told('asker', "SELECT pkint.reveal($request)"), qr/two custodians must approve, and 1 has/, 'a public key slipped into the table counts for nothing');
$node->safe_psql('mission', "UPDATE pkint.approval_key k SET public_key = o.public_key FROM kept o WHERE o.id = k.id; UPDATE pkint.reveal_approval SET signature = '\\x$good' WHERE person_name = 'one'; UPDATE pkint.reveal_request SET purpose = 'another' WHERE id = $request");
like(told('asker', "SELECT pkint.reveal($request)"), qr/two custodians must approve, and 1 has/, 'a signature holds for the request as it was signed');
$node->safe_psql('mission', "UPDATE pkint.reveal_request SET purpose = 'protection of the source' WHERE id = $request");

$node->append_conf('postgresql.conf', 'pkint.require_signed_approvals = on');
$node->restart;
like(told('asker', "SELECT pkint.reveal($request)"), qr/two custodians must approve, and 1 has/, 'where signatures are asked for, an unsigned approval counts no more');
like(told('two', "SELECT pkint.approve_reveal($other)"), qr/not signed with your key/, 'nor is one taken');
$node->append_conf('postgresql.conf', 'pkint.require_signed_approvals = off');
$node->restart;
like(told('asker', "SELECT pkint.reveal($request)"), qr/^ok .*Awa Diop/, 'signed and approved, it is shown');
like(told('asker', "SELECT pkint.reveal($request)"), qr/shown already/, 'once');
$node->stop;
done_testing();
