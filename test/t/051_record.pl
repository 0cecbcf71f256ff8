# The record survives crashes: no row leaves whose reader is not on it; nothing is
# loaded twice; torn ends are noticed; a full spool refuses (T29).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('record', conf => "fsync = on\nrestart_after_crash = on\npkint.record_timeout = 300\nmax_prepared_transactions = 2\n");
small_mission($node);

# Wait for the server.  A psql that cannot connect may be gone before it has read its query.
sub come_back
{
	for (1 .. 600)
	{
		return if eval { $node->psql('mission', 'SELECT true') == 0 };
		select undef, undef, undef, 0.1;
	}
	die 'the server did not come back';
}

# read, then crash before the loader can have come
as_person($node, 'awa', 'SELECT count(*) FROM log');
$node->stop('immediate');
$node->start;
$node->safe_psql('mission', 'SELECT pkint.load_record()');
my $awa = q{SELECT count(*) > 0 FROM pkint.audit_entry WHERE person = 'awa' AND kind = };
is($node->safe_psql('mission', "$awa 'intent'"), 't', 'the reader is on record after an immediate stop');

# a backend that is killed in the middle of reading
my $psql = $node->background_psql('mission', extra_params => [ '-U', 'boris' ], on_error_stop => 0);
my $backend = $psql->query('SELECT pg_backend_pid()');
$psql->query('SELECT count(*) FROM log');
kill 9, $backend;
eval { $psql->quit };
come_back();
$node->safe_psql('mission', 'SELECT pkint.load_record()');
is($node->safe_psql('mission', "SELECT count(*) > 0 FROM pkint.audit_entry WHERE kind = 'intent' AND person = 'boris' AND (detail ->> 'pid')::int = $backend"),
	't', 'the reader is on record after kill -9');
is($node->safe_psql('mission', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'the chain is whole');

# under a caveat whose keys go on record, every row that left before kill -9 is there by its key
$node->safe_psql('mission', q{
	INSERT INTO pkint.caveat (code, meaning, record_keys) VALUES ('LISTED', 'x', true);
	UPDATE pkint.person_clearance SET caveats = caveats || '{LISTED}' WHERE person_name = 'awa';
	CREATE TABLE listed (id int PRIMARY KEY);
	INSERT INTO listed SELECT generate_series(1, 1000);
	SELECT pkint.protect('listed', default_label => 'U//LISTED//REL ALL//ORIG MISSION');
	GRANT SELECT ON listed TO awa;
});
$psql = $node->background_psql('mission', extra_params => [ '-U', 'awa' ], on_error_stop => 0);
$backend = $psql->query('SELECT pg_backend_pid()');
$psql->query('BEGIN; DECLARE c CURSOR FOR SELECT id FROM listed');
my @left = map { scalar $psql->query("FETCH $_ FROM c") } 150, 3;
my %left = map { $_ => 1 } grep { /^\d+$/ } split /\s+/, join ' ', @left;
kill 9, $backend;
eval { $psql->quit };
come_back();
$node->safe_psql('mission', 'SELECT pkint.load_record()');
my %kept = map { $_ => 1 } split /\n/, $node->safe_psql('mission', q{SELECT key FROM pkint.row_readers WHERE person = 'awa' AND relation = 'public.listed'});
is(scalar(keys %left), 153, 'rows left before the kill');
is(scalar(grep { !$kept{$_} } keys %left), 0, 'and each is on record by its key');

# a crash between loading and removing files loads nothing twice
my $entries = $node->safe_psql('mission', q{SELECT pkint.load_record() IS NOT NULL; SELECT count(*) FROM pkint.audit_entry});
$node->stop('immediate');
$node->start;
is($node->safe_psql('mission', q{SELECT pkint.load_record() IS NOT NULL; SELECT count(*) FROM pkint.audit_entry}), $entries, 'nothing is loaded twice');

# a torn end of a file is noticed, kept, and what comes after it is read
my $spool = $node->data_dir . '/pkint_spool';
my $stopped = launcher($node);
kill 'STOP', $stopped;
$node->safe_psql('mission', q{SELECT pkint.record_now('before the tear')});
my ($file) = glob "$spool/*_*";
append_to_file($file, 'PK this is no entry');
$node->safe_psql('mission', q{SELECT pkint.record_now('after the tear')});
kill 'CONT', $stopped;
$node->safe_psql('mission', 'SELECT pkint.load_record()');
is($node->safe_psql('mission', q{SELECT string_agg(kind, ', ' ORDER BY seq) FROM pkint.audit_entry WHERE kind ~ 'the tear|damage'}),
	'before the tear, damage, after the tear', 'damage stands where it was');
is($node->safe_psql('mission', q{SELECT detail ->> 'bytes', detail ->> 'unreadable' FROM pkint.audit_entry WHERE kind = 'damage'}),
	'19|PK this is no entry', 'and shows what it is');
is($node->safe_psql('mission', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'and the chain is whole');

# the loader comes by itself, and removes what it has loaded
as_person($node, 'awa', 'SELECT count(*) FROM log');
ok($node->poll_query_until('mission', q{SELECT count(*) = 0 FROM pg_ls_dir('pkint_spool')}), 'the loader empties the spool');

# it comes for what another session had prepared, though that session has nothing to say any more
$node->safe_psql('mission', q{BEGIN; SELECT pkint.record('prepared'); PREPARE TRANSACTION 'p'});
$node->safe_psql('mission', q{COMMIT PREPARED 'p'});
ok($node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pkint.audit_entry WHERE kind = 'prepared'}), 'a decision that was prepared is loaded once it is committed');

# where the spool cannot be written nothing is disclosed
chmod 0500, $spool;
SKIP:
{
	skip 'the superuser of this system writes everywhere', 2 if $> == 0;
	my ($rc, $o, $e) = $node->psql('mission', 'SELECT count(*) FROM log', extra_params => [ '-U', 'awa' ]);
	isnt($rc, 0, 'a reader is refused while the record cannot be kept');
	like($e, qr/the record cannot be kept/, 'and told why');
}
chmod 0700, $spool;
is(as_person($node, 'awa', 'SELECT count(*) FROM log'), '20', 'and reads again when it can');

# a disk that is full in the middle of an entry: nothing is disclosed, the torn part is noticed, and it goes on
SKIP:
{
	skip 'prlimit is not here', 5 if system('prlimit --version >/dev/null 2>&1') != 0;
	my $reader = $node->background_psql('mission', extra_params => [ '-U', 'awa' ], on_error_stop => 0);
	my $pid = $reader->query('SELECT pg_backend_pid()');
	$stopped = launcher($node);
	kill 'STOP', $stopped;
	$reader->query('SELECT count(*) FROM log');
	system_or_bail('prlimit', '--pid', $pid, '--fsize=10:');
	is($reader->query('SELECT count(*) FROM log') // '', '', 'no rows on a full disk');
	is($reader->query('SELECT id FROM listed LIMIT 1') // '', '', 'nor where keys go on record');
	$node->safe_psql('mission', 'SELECT pkint.load_now()');
	is($reader->query('SELECT count(*) FROM log') // '', '', 'nor where ten bytes of the entry fit');
	system_or_bail('prlimit', '--pid', $pid, '--fsize=unlimited:');
	is($reader->query('SELECT count(*) FROM log'), '20', 'rows again, once there is room');
	$reader->quit;
	kill 'CONT', $stopped;
	$node->safe_psql('mission', 'SELECT pkint.load_record()');
	is($node->safe_psql('mission', 'SELECT * FROM pkint.verify_audit()'), '', 'and the chain is whole');
}

# a full queue: the loader does not come, and more waits than may
{
	$node->safe_psql('mission', q{ALTER SYSTEM SET pkint.record_limit = '1MB'; SELECT pg_reload_conf()});
	$stopped = launcher($node);
	ok($stopped, 'the launcher runs');
	kill 'STOP', $stopped;
	$node->psql('mission', q{SELECT count(pkint.record_now('fill', detail => jsonb_build_object('i', repeat('x', 10000)))) FROM generate_series(1, 110) i});
	my ($rc, $o, $e) = $node->psql('mission', 'SELECT count(*) FROM log', extra_params => [ '-U', 'awa' ]);
	isnt($rc, 0, 'a reader is refused while the queue is full');
	like($e, qr/the record cannot be kept/, 'and told why');
	is($node->safe_psql('mission', 'SELECT 1 + 1'), '2', 'whoever reads nothing protected goes on');
	kill 'CONT', $stopped;
	ok($node->poll_query_until('mission', q{SELECT count(*) = 0 FROM pg_ls_dir('pkint_spool')}), 'the loader empties the queue');
	is(as_person($node, 'awa', 'SELECT count(*) FROM log'), '20', 'and the reader reads again');
}

done_testing();
