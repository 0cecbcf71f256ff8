# A load that is cancelled, fails or dies with the server leaves the register as
# it was, and can be done again.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('feedcrash', conf => "restart_after_crash = on\n");
small_mission($node);
$node->safe_psql('mission', q{
	CREATE SCHEMA feeds;
	GRANT USAGE ON SCHEMA feeds TO PUBLIC;
	CREATE TABLE feeds.book (id int, day date, lat float8, lon float8, what text);
	INSERT INTO feeds.book SELECT i, '2022-01-01'::date + i % 300, 4 + i % 100 / 100.0, 18, 'entry ' || i FROM generate_series(1, 2000) i;
	INSERT INTO feeds.book VALUES (2001, NULL, 4, 18, 'no day');
	GRANT SELECT ON feeds.book TO PUBLIC;
	SELECT pkint.create_register('mission');
	SELECT pkint.define_feed('book', 'feeds.book', 'mission', 'JMAC',
		'{"key": "id", "occurred": "day", "latitude": "lat", "longitude": "lon", "title": "what"}', 'CONFIDENTIAL//REL JMAC//ORIG JMAC');
});
is(as_person($node, 'awa', q{SELECT * FROM pkint.load_feed('book')}), '2001|2000|0|0|1|0', 'a first load');
$node->safe_psql('mission', q{
	UPDATE feeds.book SET what = what || ' changed' WHERE id % 2 = 0;
	INSERT INTO feeds.book SELECT i, '2022-01-01', 4, 18, 'late ' || i FROM generate_series(3001, 4000) i;
	INSERT INTO feeds.book VALUES (5001, NULL, 4, 18, 'no day either');
	CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
		$$ BEGIN PERFORM pg_advisory_lock(4711); RETURN NEW; END $$;
	CREATE TRIGGER hold BEFORE INSERT ON mission.report FOR EACH ROW WHEN (NEW.feed_key = '3500') EXECUTE FUNCTION public.hold();
});

# What the register holds, in one line.
sub state_of
{
	return $node->safe_psql('mission', q{
		SELECT md5(string_agg(r::text, '|' ORDER BY r.id)) || ' ' || count(*) FROM mission.report r
		UNION ALL SELECT md5(coalesce(string_agg(q::text, '|' ORDER BY q.id), '')) FROM mission.quarantine q
		UNION ALL SELECT md5(coalesce(string_agg(f::text, '|' ORDER BY f.id), '')) FROM mission.finding f});
}
my $before = state_of();

# Begin a load that stops in the middle, and wait until it is there.
sub begin_load
{
	my ($locker) = @_;
	$locker->query_safe('SELECT pg_advisory_lock(4711)');
	my %load = (in => q{SELECT * FROM pkint.load_feed('book')}, out => '', err => '');
	$load{run} = IPC::Run::start([ 'psql', '-X', '-A', '-t', '-U', 'awa', '-d', $node->connstr('mission'), '-c', $load{in} ], '>', \$load{out}, '2>', \$load{err});
	$node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE usename = 'awa' AND wait_event = 'advisory'})
	  or die 'the load does not get to where it should wait';
	$load{pid} = $node->safe_psql('mission', q{SELECT pid FROM pg_stat_activity WHERE usename = 'awa' AND wait_event = 'advisory'});
	return \%load;
}

# cancelled
my $locker = $node->background_psql('mission');
my $load = begin_load($locker);
is(state_of(), $before, 'nothing of a load is seen before it is done');
$node->safe_psql('mission', "SELECT pg_cancel_backend($load->{pid})");
$load->{run}->finish;
like($load->{err}, qr/canceling statement/, 'a load is cancelled');
is(state_of(), $before, 'and leaves the register as it was');
$locker->quit;

# killed, and the server with it
$locker = $node->background_psql('mission', on_error_die => 0, on_error_stop => 0);
$load = begin_load($locker);
kill 'KILL', $load->{pid};
eval { $load->{run}->finish };
eval { $locker->{run}->finish };
$node->poll_query_until('mission', 'SELECT true', 't') or die 'the server does not come back';
is(state_of(), $before, 'a load that dies leaves the register as it was');

# an error on the way
$node->safe_psql('mission', q{CREATE OR REPLACE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
	$$ BEGIN RAISE 'disk full, say'; END $$});
my ($ret, $out, $err) = $node->psql('mission', q{SELECT * FROM pkint.load_feed('book')}, extra_params => [ '-U', 'awa' ]);
like($err, qr/disk full, say/, 'a load fails');
is(state_of(), $before, 'and leaves the register as it was');

# and then it goes
$node->safe_psql('mission', 'DROP TRIGGER hold ON mission.report');
is(as_person($node, 'awa', q{SELECT * FROM pkint.load_feed('book')}), '3002|1000|1000|1000|2|0', 'the same load goes through afterwards');
is(as_person($node, 'awa', q{SELECT * FROM pkint.load_feed('book')}), '3002|0|3000|0|2|0', 'and once more changes nothing');

# two at a time do not file a report twice
$node->safe_psql('mission', q{INSERT INTO feeds.book SELECT i, '2022-01-01', 4, 18, 'twice ' || i FROM generate_series(6001, 7000) i});
my @outs = ('', '');
my @runs = map { my $n = $_; IPC::Run::start([ 'psql', '-X', '-A', '-t', '-U', 'awa', '-d', $node->connstr('mission'), '-c', q{SELECT * FROM pkint.load_feed('book')} ], '>', \$outs[$n]) } 0 .. 1;
$_->finish for @runs;
chomp @outs;
is_deeply([ sort @outs ], [ '4002|0|4000|0|2|0', '4002|1000|3000|0|2|0' ], 'of two loads at once, one files the rows and the other finds them filed');

# a dump and restore bring the feed and its register back
my $dump = $node->backup_dir . '/feed.dump';
mkdir $node->backup_dir;
command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('mission') ], 'pg_dump');
$node->safe_psql('mission', q{UPDATE pkint.category SET name_en = 'road traffic crash' WHERE code = 'HAZ-ROA'});
command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('mission') ], 'pg_dump of an edited taxonomy');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $dump ], 'pg_restore');
is($node->safe_psql('restored', q{SELECT * FROM pkint.load_feed('book')}, extra_params => [ '-U', 'awa' ]), '4002|0|4000|0|2|0', 'the restored register knows what it holds');
is($node->safe_psql('restored', q{SELECT name_en, shipped, (SELECT count(*) FROM pkint.category) FROM pkint.category WHERE code = 'HAZ-ROA'}),
	'road traffic crash|f|54', 'an edited category comes back edited, and once');

done_testing();
