# Core files, taken and searched: a server process leaves none, and where it is
# made to, the key is not in it (T35, T31).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

plan skip_all => 'core files go elsewhere on this machine (kernel.core_pattern)'
	if slurp_file('/proc/sys/kernel/core_pattern') !~ m{^core(\.%p)?\s*$};
system("prlimit --pid $$ --core=unlimited:unlimited 2>/dev/null") == 0 or system("prlimit --pid $$ --core=unlimited 2>/dev/null") == 0
	or plan skip_all => 'this user may not have core files';

my $node = mission_server('core', conf => "restart_after_crash = on\n");
$node->safe_psql('mission', q{CREATE ROLE officer LOGIN; CREATE ROLE keeper LOGIN;
	SELECT pkint.appoint('officer', 'security_officer');});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis');
	SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC');});
my $key = slurp_file($ENV{PKINT_KEY_FILE});
$key =~ s/\s+//g;
my $raw_key = pack('H*', $key);

sub cores { return grep { -f $_ } glob($node->data_dir . '/core*'); }

# A session of the keeper's in which these statements were run, and its process.
sub session
{
	my (@statements) = @_;
	my ($in, $out, $err) = ('', '', '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-U', 'keeper', '-d', $node->connstr('mission') ], '<', \$in, '>', \$out, '2>', \$err);

	$in = join(";\n", @statements) . ";\nSELECT 'process ' || pg_backend_pid();\n";
	pump_until($session, IPC::Run::timeout(60), \$out, qr/process \d+/);
	my ($pid) = $out =~ /process (\d+)/;
	return ($session, $pid, \$in);
}

# Kill it so that it leaves a core, if it ever does; the core's content, or undef.
sub core_of
{
	my (@statements) = @_;
	my ($session, $pid) = session(@statements);

	unlink cores();
	kill 'ABRT', $pid;
	eval { $session->finish; };
	# the core is written, and the postmaster knows, when the process is gone
	for (my $i = 0; $i < 600 && kill(0, $pid); $i++) { select(undef, undef, undef, 0.1); }
	die 'the process does not go' if kill(0, $pid);
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server did not come back';
	my ($core) = cores();
	return undef unless defined $core;
	my $content = slurp_file($core);
	unlink $core;
	return $content;
}

my $register = q{SELECT pkint.register_source('JMAC', '{"name": "Zephyrine Kpodekon"}', true, false)};
is(core_of($register), undef, 'a process in which a name was typed leaves no core');
is(core_of('SELECT 1'), undef, 'nor does any other');
SKIP:
{
	skip 'no gcore here', 1 if system('command -v gcore >/dev/null') != 0;
	my ($session, $pid, $in) = session($register);
	my $file = $node->basedir . '/forced';
	system("gcore -o $file $pid >/dev/null 2>&1");
	ok(!glob("$file.*"), 'a debugger of the same user takes none from it either');
	$$in .= "\\q\n";
	$session->finish;
}

# where the administrator wants core files: the key is not in them
$node->append_conf('postgresql.conf', "pkint.core_files = on\n");
$node->restart;
my $marker = 'Quixotic' . 'Marker';
my $core = core_of("SELECT '$marker', pkint.key_check_value(), pkint.approximate_radius_m(10000)", q{SELECT pkint.unit_of('JMAC:7H3Q-9F2M-ZS')});
SKIP:
{
	skip 'this machine leaves no core', 4 unless defined $core;
	cmp_ok(index($core, $marker), '>=', 0, 'the core is one: it holds what was asked');
	is(index($core, $raw_key), -1, 'it does not hold the key');
	is(index(lc($core), lc($key)), -1, 'nor its digits');
	is(core_of($register), undef, 'and a process in which a name was typed leaves none even so');
}
SKIP:
{
	skip 'no gcore here', 3 if system('command -v gcore >/dev/null') != 0;
	my ($session, $pid, $in) = session("SELECT '$marker', pkint.key_check_value()");
	my $file = $node->basedir . '/forced';
	system("gcore -o $file $pid >/dev/null 2>&1");
	my ($forced) = glob("$file.*");
	$$in .= "\\q\n";
	$session->finish;
	skip 'a debugger may not attach here', 3 unless defined $forced;
	$core = slurp_file($forced);
	unlink $forced;
	cmp_ok(index($core, $marker), '>=', 0, 'what a debugger takes holds what was asked');
	is(index($core, $raw_key), -1, 'but not the key');
	is(index(lc($core), lc($key)), -1, 'nor its digits');
}
$node->stop;
done_testing();
