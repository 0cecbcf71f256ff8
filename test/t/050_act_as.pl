# A pooled service account reads as the person whom a signed token names, for one
# transaction; through pgbouncer too where that is installed (T26, R19).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64url decode_base64url);
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('act_as', conf => "pkint.token_uses = 3\n");
small_mission($node);
$node->safe_psql('mission', 'CREATE ROLE pool LOGIN; CREATE ROLE other_pool LOGIN; GRANT SELECT ON log TO pool, other_pool');
my $key = decode_base64url(as_person($node, 'officer', q{SELECT pkint.register_service_account('pool')}));
is(length($key), 32, 'the officer gets the key for the gateway');
my $other_key = decode_base64url(as_person($node, 'officer', q{SELECT pkint.register_service_account('other_pool')}));
isnt($other_key, $key, 'each account has its own');

my $jti = 0;
# A token; named claims replace the usual ones.
sub token
{
	my ($sub, %with) = @_;
	my $alg = delete $with{alg} // 'HS256';
	my $signer = delete $with{key} // $key;
	my %claims = (sub => "\"$sub\"", iat => time, exp => time + 60, jti => '"' . ++$jti . '"', %with);
	my $body = encode_base64url("{\"alg\":\"$alg\",\"typ\":\"JWT\"}") . '.'
	  . encode_base64url('{' . join(',', map { "\"$_\":$claims{$_}" } grep { defined $claims{$_} } sort keys %claims) . '}');
	return $body . '.' . encode_base64url(hmac_sha256($body, $signer));
}

# What the pool sees in one transaction after presenting a token.
sub with_token
{
	my ($token, $sql, $user) = @_;
	my ($rc, $out, $err) = $node->psql('mission', "BEGIN; SELECT pkint.act_as('$token'); $sql; COMMIT;", on_error_stop => 1,
		extra_params => [ '-q', '-U', $user // 'pool' ]);
	return $rc == 0 ? $out : $err;
}

my $count = 'SELECT count(*) FROM log';
is(as_person($node, 'pool', $count), 0, 'of itself the pool reads nothing');
is(with_token(token('awa'), $count), "awa\n20", 'as awa it reads her rows');
is(with_token(token('boris'), $count), "boris\n15", 'as boris his');
is(with_token(token('awa'), 'SELECT person, logged_in_as, may_decide FROM pkint.whoami()'), "awa\nawa|pool|f", 'whoami() tells both');
is(with_token(token('awa'), "COMMIT; $count"), "awa\n0", 'it ends with the transaction');
is(with_token(token('awa'), "ROLLBACK; $count"), "awa\n0", 'and when that is rolled back');
is(with_token(token('boris'), "SAVEPOINT s; SELECT pkint.act_as('" . token('awa') . "'); ROLLBACK TO s; $count"), "boris\nawa\n0",
	'what a savepoint brought goes back with it, and nobody is left');
is(with_token(token('awa'), "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0;"
	  . " SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL force_parallel_mode = on; $count"), "awa\n20", 'parallel workers know it too');
is(with_token(token('awa'), 'PREPARE p AS SELECT count(*) FROM log; EXECUTE p; COMMIT; EXECUTE p'), "awa\n20\n0", 'a prepared statement keeps nothing of it');
is(with_token(token('awa'), 'SELECT count(*) FROM log; COMMIT; DISCARD ALL; SELECT count(*) FROM log'), "awa\n20\n0", 'nor does the session after DISCARD ALL');
like(with_token(token('officer'), q{SELECT pkint.withdraw_clearance('boris')}), qr/^officer/, 'decisions are taken under that name');
is(seen_by($node, 'boris'), '', 'and hold');

like(with_token(token('awa', key => 'x' x 32), $count), qr/the token is not valid/, 'another signature is refused');
# each byte of it counts, and each that is missing or too many: all in one session, since a token holds for minutes only
{
	my ($body, $signature) = token('awa', exp => time + 290) =~ /^(.*)\.([^.]*)$/;
	my $bytes = decode_base64url($signature);
	my @broken = map { my $b = $bytes; substr($b, $_, 1) ^= "\x01"; $b } 0 .. length($bytes) - 1;
	my @other = (substr($bytes, 0, 31), "$bytes\x00", '', $bytes . $bytes);
	my $tokens = join(',', map { "'$body." . encode_base64url($_) . "'" } @broken, @other, $bytes);
	is(scalar(@broken), 32, 'a signature has 32 bytes');
	my ($rc, $out, $err) = $node->psql('mission', qq{
		CREATE FUNCTION pg_temp.answer(token text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN pkint.act_as(token); EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END';
		SELECT n, a FROM (SELECT n, pg_temp.answer(t) AS a FROM unnest(ARRAY[$tokens]) WITH ORDINALITY u (t, n)) x WHERE a <> 'the token is not valid' ORDER BY n;
	}, on_error_stop => 1, extra_params => [ '-q', '-U', 'pool' ]);
	is($out . $err, '37|awa', 'one that is wrong in any byte, too short or too long is refused, and the whole one is taken');
}
like(with_token(token('awa', key => $other_key), $count), qr/the token is not valid/, 'so is another account\'s');
like(with_token(token('awa', alg => 'none'), $count), qr/the token is not valid/, 'so is another algorithm');
like(with_token(token('awa', exp => time - 1), $count), qr/does not hold now/, 'so is an expired one');
like(with_token(token('awa', exp => time + 3600), $count), qr/does not hold now/, 'so is one that holds too long');
like(with_token(token('awa', iat => time + 300, exp => time + 360), $count), qr/does not hold now/, 'so is one from the future');
like(with_token(token('awa', jti => undef), $count), qr/the token is not valid/, 'so is one without a number');
like(with_token(token('nobody'), $count), qr/the token is not valid/, 'so is an unknown name');
like(with_token(token('postgres'), $count), qr/the token is not valid/, 'so is a superuser\'s');
like(with_token('a.b', $count), qr/the token is not valid/, 'so is rubbish');
like(with_token(token('awa'), $count, 'awa'), qr/only a registered service account/, 'and a person cannot present one');
my $token = token('awa');
is(with_token($token, $count), "awa\n20", "use $_ of a token") for 1 .. 3;
like(with_token($token, $count), qr/used up/, 'the fourth is one too many');

my $undone = token('awa');
is(with_token($undone, "$count; ROLLBACK; BEGIN"), "awa\n20", "use $_ of a token in a transaction that is rolled back") for 1 .. 3;
like(with_token($undone, $count), qr/used up/, 'these count as well');
my $older = token('awa');
sleep 1;
$node->restart;
like(with_token($older, $count), qr/from before the server started/, 'nobody knows how often a token was used before a restart');
is(with_token(token('awa'), $count), "awa\n20", 'a fresh one is taken');

is($node->safe_psql('mission', q{SELECT pkint.load_record() >= 0; SELECT count(*) > 0 FROM pkint.audit_entry WHERE kind = 'read' AND person = 'awa' AND login = 'pool'}),
	"t\nt", 'the record names the person and the account');

SKIP:
{
	# installed, or unpacked by test/run.sh
	my ($pooler) = grep { -x } '/usr/sbin/pgbouncer', ($ENV{WORK} // '') . '/pooler/usr/sbin/pgbouncer';
	skip 'pgbouncer is not installed', 2 unless $pooler;
	my $dir = $node->basedir;
	my $port = PostgreSQL::Test::Cluster::get_free_port();
	append_to_file("$dir/users.txt", "\"pool\" \"\"\n");
	append_to_file("$dir/pgbouncer.ini", "[databases]\nmission = host=" . $node->host . " port=" . $node->port . " dbname=mission user=pool\n"
		  . "[pgbouncer]\nlisten_addr =\nunix_socket_dir = " . $node->host . "\nlisten_port = $port\nauth_type = any\n"
		  . "auth_file = $dir/users.txt\npool_mode = transaction\ndefault_pool_size = 1\nlogfile = $dir/pgbouncer.log\npidfile = $dir/pgbouncer.pid\n");
	system($pooler, '-d', "$dir/pgbouncer.ini") == 0 or skip 'pgbouncer does not start here', 2;
	my $ask = sub {
		my ($sql) = @_;
		my ($out, $err) = run_command([ 'psql', '-X', '-q', '-A', '-t', '-h', $node->host, '-p', $port, '-U', 'pool', '-d', 'mission', '-c', $sql ]);
		return $out;
	};
	is($ask->("BEGIN; SELECT pkint.act_as('" . token('awa') . "'); SELECT count(*) FROM log; COMMIT"), "awa\n20", 'through a pool in transaction mode');
	is($ask->($count), '0', 'the next one on the same server connection has nothing of it');
	system("kill \$(cat $dir/pgbouncer.pid)");
}

done_testing();
