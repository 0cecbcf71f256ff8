# The index over footprints survives a crash in the middle of writing, answers on a
# standby as on the primary (T22), and serves a protected table (T22, R28).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use PostgreSQL::Test::Cluster;
use IPC::Run;
use Test::More;
use PkintTest;

my $node = mission_server('footprints', init => { allows_streaming => 1 }, conf => "autovacuum = off\nfsync = on\n");
$node->safe_psql('mission', q{
	CREATE FUNCTION somewhere(i int) RETURNS pkint.footprint LANGUAGE sql IMMUTABLE AS $$
		SELECT pkint.make_footprint((i * 7919 % 36000) / 100.0 - 180, CASE WHEN i % 9 = 0 THEN 89.9 ELSE (i * 104729::bigint % 1700) / 10.0 - 85 END,
			CASE i % 4 WHEN 0 THEN 0 WHEN 1 THEN 20037508 ELSE i % 3000 * 100 END,
			CASE i % 7 WHEN 0 THEN '(,)' WHEN 1 THEN tstzrange('2022-01-01Z'::timestamptz + i * interval '1 hour', NULL)
				ELSE tstzrange('2022-01-01Z'::timestamptz + i * interval '1 hour', '2022-01-01Z'::timestamptz + (i + i % 50) * interval '1 hour', '[]') END) $$;
	CREATE TABLE seen (id int, f pkint.footprint);
	CREATE INDEX seen_f ON seen USING gist (f);
});
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

sub write_rows
{
	my ($first, $last) = @_;
	$node->safe_psql('mission', qq{
		INSERT INTO seen SELECT i, somewhere(i) FROM generate_series($first, $last) i;
		DELETE FROM seen WHERE id % 9 = 0;
		UPDATE seen SET f = somewhere(id + 1) WHERE id % 10 = 3;
	});
	$node->safe_psql('mission', 'VACUUM seen');
	return;
}

# Searches and nearest lists, through the index and without it.
sub compare_answers
{
	my ($server, $when) = @_;
	my $by_index = 'SET jit = off; SET enable_seqscan = off; SET enable_sort = off;';
	my $by_scan = 'SET jit = off; SET enable_indexscan = off; SET enable_bitmapscan = off;';
	my @searches = map {
		my $q = "somewhere($_)";
		("SELECT count(*), md5(string_agg(id::text, ',' ORDER BY id)) FROM seen WHERE f &= $q",
			"SELECT count(*), md5(string_agg(id::text, ',' ORDER BY id)) FROM seen WHERE f && $q",
			"SELECT count(*), md5(string_agg(id::text, ',' ORDER BY id)) FROM seen WHERE f <@ $q",
			"SELECT array_agg(d) FROM (SELECT round((f <-> $q)::numeric, 3) AS d FROM seen ORDER BY f <-> $q LIMIT 20) s")
	} (3, 45, 122, 771, 2301);
	like($server->safe_psql('mission', "$by_index EXPLAIN $searches[0]"), qr/seen_f/, "$when: searched through the index");
	my @differ = grep { $server->safe_psql('mission', "$by_index $_") ne $server->safe_psql('mission', "$by_scan $_") } @searches;
	is("@differ", '', "$when: answers alike");
	return;
}

write_rows(1, 3000);
compare_answers($node, 'as written');

# a crash while rows are being written and pages split
$node->safe_psql('mission', 'CHECKPOINT');
write_rows(3001, 4000);
my $writer = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('mission'), '-c',
	'INSERT INTO seen SELECT i, somewhere(i) FROM generate_series(10000, 3000000) i' ], '>', \my $out, '2>', \my $err);
$node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'INSERT INTO seen%' AND state = 'active'})
  or die 'the writer does not write';
$node->safe_psql('mission', 'SELECT pg_sleep(0.5)');
$node->stop('immediate');
$writer->finish;
$node->start;
is($node->safe_psql('mission', 'SELECT count(*) FROM seen WHERE id >= 10000'), '0', 'what was cut off is not there');
compare_answers($node, 'after a crash');
write_rows(4001, 5000);
compare_answers($node, 'after writing on');

$node->wait_for_catchup($standby);
compare_answers($standby, 'on the standby');
is($standby->safe_psql('mission', q{SELECT count(*), md5(string_agg(id || f::text, ',' ORDER BY id)) FROM seen}),
	$node->safe_psql('mission', q{SELECT count(*), md5(string_agg(id || f::text, ',' ORDER BY id)) FROM seen}), 'the same rows on the standby');

# a protected table: the index serves the reader, and he gets his rows and no other
$node->safe_psql('mission', q{
	CREATE ROLE officer LOGIN; CREATE ROLE awa LOGIN; CREATE ROLE mission_data;
	SELECT pkint.appoint('officer', 'security_officer')});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis'), ('U2', 'military');
	SELECT pkint.set_clearance('awa', 'CONFIDENTIAL'), pkint.assign('awa', 'JMAC')});
$node->safe_psql('mission', q{
	CREATE TABLE guarded AS SELECT id, f, CASE WHEN id % 2 = 0 THEN 'C//REL JMAC//ORIG JMAC' ELSE 'C//REL U2//ORIG U2' END::pkint.label AS label FROM seen;
	CREATE INDEX guarded_f ON guarded USING gist (f);
	ALTER TABLE guarded OWNER TO mission_data;
	SELECT pkint.protect('guarded', place_column => 'f', time_column => 'f');
	GRANT SELECT ON guarded TO PUBLIC; ANALYZE guarded});
my $window = q{f &= pkint.make_footprint(18, 5, 1000, '[2022-03-01Z,2022-03-02Z)')};
my $before = $node->safe_psql('mission', q{SELECT pg_stat_force_next_flush(); SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'guarded_f'});
is(as_person($node, 'awa', "SELECT count(*) FROM guarded WHERE $window"),
	$node->safe_psql('mission', "SELECT count(*) FROM guarded WHERE $window AND id % 2 = 0"), 'a reader gets his rows of the window');
$node->poll_query_until('mission', q{SELECT idx_scan > } . ((split /\n/, $before)[-1] || 0) . q{ FROM pg_stat_user_indexes WHERE indexrelname = 'guarded_f'});
ok(1, 'and the index served him');

done_testing();
