# Indexes over labels survive a crash in the middle of writing, and answer on a
# standby as they do on the primary (T22).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use PostgreSQL::Test::Cluster;
use IPC::Run;
use Test::More;
use PkintTest;

my $node = mission_server('labels', init => { allows_streaming => 1 }, conf => "autovacuum = off\nfsync = on\n");
$node->safe_psql('mission', q{
	CREATE FUNCTION label_number(i int) RETURNS pkint.label LANGUAGE sql IMMUTABLE AS $$
		SELECT pkint.make_label((ARRAY['U', 'C', 'SC'])[1 + i % 3],
			CASE WHEN i % 5 = 0 THEN '{CRSV}'::text[] ELSE '{}' END,
			CASE WHEN i % 7 = 0 THEN '{ALL}' ELSE ARRAY['U' || i % 11, 'U' || i % 4] END) $$;
	CREATE TABLE by_gin (id int, label pkint.label);
	CREATE TABLE by_brin (id int, label pkint.label);
	CREATE TABLE by_btree (id int, label pkint.label);
	CREATE INDEX gin_index ON by_gin USING gin (label);
	CREATE INDEX brin_index ON by_brin USING brin (label) WITH (pages_per_range = 2, autosummarize = off);
	CREATE INDEX btree_index ON by_btree (label);
});
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

# Write some, delete some, change some, vacuum between.
sub write_rows
{
	my ($first, $last) = @_;
	for my $t (qw(by_gin by_brin by_btree))
	{
		$node->safe_psql('mission', qq{
			INSERT INTO $t SELECT i, label_number(i * 13 % 211) FROM generate_series($first, $last) i ORDER BY label_number(i * 13 % 211);
			DELETE FROM $t WHERE id % 9 = 0;
			UPDATE $t SET label = label_number(id % 50) WHERE id % 10 = 3;
		});
		$node->safe_psql('mission', "VACUUM $t");
	}
	$node->safe_psql('mission', "SELECT brin_summarize_new_values('brin_index')");
	return;
}

# Rows that a clearance reads, through the index and without it.
sub compare_answers
{
	my ($server, $when) = @_;
	my @clearances = ('U//UNITS NONE', 'C//UNITS U3', 'SC//CRSV//UNITS U1,U10', 'SC//CRSV//UNITS ALL', 'C//UNITS NOBODY');
	my $search = sub {
		my ($table, $condition, $settings) = @_;
		return $server->safe_psql('mission', "$settings SELECT count(*), md5(string_agg(id::text, ',' ORDER BY id)) FROM $table WHERE $condition");
	};
	for my $table (qw(by_gin by_brin))
	{
		my $plan = $server->safe_psql('mission',
			"SET enable_seqscan = off; EXPLAIN SELECT FROM $table WHERE label <@ 'C//UNITS U3'::pkint.clearance");
		like($plan, qr/_index/, "$when: $table is searched through its index");
		my @differ = grep {
			my $condition = "label <@ '$_'::pkint.clearance";
			$search->($table, $condition, 'SET enable_seqscan = off;') ne
			  $search->($table, $condition, 'SET enable_bitmapscan = off;');
		} @clearances;
		is("@differ", '', "$when: $table answers alike");
	}
	is($search->('by_btree', q{label = 'C//REL ALL'}, 'SET enable_seqscan = off;'),
		$search->('by_btree', q{label = 'C//REL ALL'}, 'SET enable_bitmapscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off;'),
		"$when: by_btree answers alike");
	return;
}

write_rows(1, 4000);
compare_answers($node, 'as written');

# a crash while rows are being written, some of them still pending
$node->safe_psql('mission', 'CHECKPOINT');
write_rows(4001, 6000);
$node->safe_psql('mission', "INSERT INTO by_gin SELECT i, label_number(i % 211) FROM generate_series(6001, 6500) i");
my $writer = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('mission'), '-c',
	'INSERT INTO by_gin SELECT i, label_number(i % 211) FROM generate_series(10000, 3000000) i' ], '>', \my $out, '2>', \my $err);
$node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'INSERT INTO by_gin%' AND state = 'active'})
  or die 'the writer does not write';
$node->safe_psql('mission', 'SELECT pg_sleep(0.5)');
$node->stop('immediate');
$writer->finish;
$node->start;
is($node->safe_psql('mission', 'SELECT count(*) FROM by_gin WHERE id >= 10000'), '0', 'what was cut off is not there');
is($node->safe_psql('mission', 'SELECT count(*) FROM by_gin WHERE id BETWEEN 6001 AND 6500'), '500', 'what was committed is there');
compare_answers($node, 'after a crash');
write_rows(7001, 8000);
compare_answers($node, 'after writing on');

# the standby has followed all of it
$node->wait_for_catchup($standby);
compare_answers($standby, 'on the standby');
for my $table (qw(by_gin by_brin by_btree))
{
	my $all = "SELECT count(*), md5(string_agg(id || label::text, ',' ORDER BY id)) FROM $table";
	is($standby->safe_psql('mission', $all), $node->safe_psql('mission', $all), "$table is the same on the standby");
}

# and answers when it has become the primary
$node->stop('immediate');
$standby->promote;
compare_answers($standby, 'on the promoted standby');
$standby->safe_psql('mission', "INSERT INTO by_gin VALUES (-1, 'U//REL ALL')");
is($standby->safe_psql('mission', "SET enable_seqscan = off; SELECT count(*) FROM by_gin WHERE id = -1 AND label <@ 'U//UNITS NONE'::pkint.clearance"),
	'1', 'and takes new rows');

done_testing();
