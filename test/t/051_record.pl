# The record survives crashes: no row leaves whose reader is not on it; nothing is
# loaded twice; torn ends are noticed; a full spool refuses (T29).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('record', conf => "fsync = on\nrestart_after_crash = on\npkint.record_timeout = 300\n");
small_mission($node);

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
$node->poll_query_until('mission', 'SELECT true') or die 'the server did not come back';
$node->safe_psql('mission', 'SELECT pkint.load_record()');
is($node->safe_psql('mission', "SELECT count(*) > 0 FROM pkint.audit_entry WHERE kind = 'intent' AND person = 'boris' AND (detail ->> 'pid')::int = $backend"),
	't', 'the reader is on record after kill -9');
is($node->safe_psql('mission', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'the chain is whole');

# a crash between loading and removing files loads nothing twice
my $entries = $node->safe_psql('mission', q{SELECT pkint.load_record() IS NOT NULL; SELECT count(*) FROM pkint.audit_entry});
$node->stop('immediate');
$node->start;
is($node->safe_psql('mission', q{SELECT pkint.load_record() IS NOT NULL; SELECT count(*) FROM pkint.audit_entry}), $entries, 'nothing is loaded twice');

# a torn end of a file is noticed, and what comes after it is read
$node->stop('fast');
my $db = 0;
my $spool = $node->data_dir . '/pkint_spool';
$node->start;
$db = $node->safe_psql('mission', q{SELECT oid FROM pg_database WHERE datname = 'mission'});
append_to_file("$spool/${db}_1", "PKI1 this is no entry");
$node->safe_psql('mission', 'SELECT pkint.load_record()');
is($node->safe_psql('mission', q{SELECT detail ->> 'bytes' FROM pkint.audit_entry WHERE kind = 'damage'}), '21', 'damaged bytes are counted');
is($node->safe_psql('mission', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'and the chain is whole');

# the loader comes by itself, and removes what it has loaded
as_person($node, 'awa', 'SELECT count(*) FROM log');
ok($node->poll_query_until('mission', q{SELECT count(*) = 0 FROM pg_ls_dir('pkint_spool')}), 'the loader empties the spool');

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

done_testing();
