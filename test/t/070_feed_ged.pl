# Real data through a feed: the 1,855 events of ged/car.csv, CSV by ogr_fdw, codes of
# precision turned into radius and time range; figures computed here from the
# file itself (R03, R06, R24).  Then ogr2ogr reads mission.incident as two people.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use File::Copy;
use JSON::PP;
use POSIX qw(mktime strftime);
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $csv = ($ENV{PKINT_DATA} // "$FindBin::RealBin/../../../shared/data") . '/ged/car.csv';
plan skip_all => "there is no $csv" unless -r $csv;

# The rows of an RFC 4180 file as hashes.
sub rows_of
{
	my ($file) = @_;
	local $/;
	open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
	my $text = <$in>;
	my (@rows, @row);
	while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|\z)/gc)
	{
		my ($quoted, $plain, $end) = ($1, $2, $3);
		$quoted =~ s/""/"/g if defined $quoted;
		push @row, $quoted // $plain;
		next if $end eq ',';
		push @rows, [@row] if @row > 1;
		@row = ();
		last if pos($text) >= length $text;
	}
	my $head = shift @rows;
	return map { my %r; @r{@$head} = @$_; \%r } @rows;
}

# A day plus some days, as text.
sub day_after
{
	my ($day, $days) = @_;
	my ($y, $m, $d) = split /-/, $day;
	return strftime('%Y-%m-%d', gmtime(mktime(0, 0, 12, $d + $days, $m - 1, $y - 1900)));
}

# First day, and the day after the last, that a row's dates and date_prec stand for.
sub range_of
{
	my ($row) = @_;
	my ($from, $to, $prec) = map { substr $_, 0, 10 } @$row{qw(date_start date_end date_prec)};
	return ($from, day_after($to, 1)) if $from ne $to || $prec <= 2;
	my ($y, $m, $d) = split /-/, $from;
	if ($prec == 3)
	{
		my $weekday = (gmtime(mktime(0, 0, 12, $d, $m - 1, $y - 1900)))[6];
		my $monday = day_after($from, -(($weekday + 6) % 7));
		return ($monday, day_after($monday, 7));
	}
	return ("$y-$m-01", $m == 12 ? sprintf('%04d-01-01', $y + 1) : sprintf('%04d-%02d-01', $y, $m + 1)) if $prec == 4;
	return ("$y-01-01", sprintf('%04d-01-01', $y + 1));
}

$ENV{TZ} = 'UTC';
my @events = rows_of($csv);
is(scalar @events, 1855, 'the file has 1,855 events');
my %radius = (1 => 1000, 2 => 25000, 3 => 50000, 4 => 150000, 5 => 150000, 6 => 700000, 7 => 200000);
my %code = (1 => 'ARM-CLASH', 2 => 'COM-CLS', 3 => 'CIV-KIL');
my @expected = sort map {
	my ($from, $to) = range_of($_);
	join '|', $_->{id}, $code{ $_->{type_of_violence} }, $radius{ $_->{where_prec} }, $from, $to, map { $_ + 0 } @$_{qw(low best high)}
} @events;

my $node = mission_server('ged');
small_mission($node);
my $work = PostgreSQL::Test::Utils::tempdir;
copy($csv, "$work/car.csv") or die "copy: $!";
$node->safe_psql('mission', qq{
	CREATE EXTENSION ogr_fdw;
	CREATE SCHEMA feeds;
	CREATE SERVER ged FOREIGN DATA WRAPPER ogr_fdw OPTIONS (datasource '$work/car.csv', format 'CSV');
	IMPORT FOREIGN SCHEMA ogr_all FROM SERVER ged INTO feeds;
	GRANT USAGE ON SCHEMA feeds TO PUBLIC;
	GRANT SELECT ON feeds.car TO PUBLIC;
	SELECT pkint.create_register('mission');
	SELECT pkint.define_feed('ged', 'feeds.car', 'mission', 'JMAC', '{
		"key": "id", "occurred": "date_start", "occurred_to": "date_end", "time_precision": {"column": "date_prec", "scheme": "ucdp"},
		"latitude": "latitude", "longitude": "longitude", "place_precision": {"column": "where_prec", "scheme": "ucdp"},
		"killed": "best", "killed_low": "low", "killed_high": "high", "actor": "side_a", "actor2": "side_b", "title": "source_headline",
		"code": {"column": "type_of_violence", "values": {"1": "ARM-CLASH", "2": "COM-CLS", "3": "CIV-KIL"}},
		"label": {"column": "type_of_violence", "values": {"1": "CONFIDENTIAL//REL JMAC//ORIG JMAC",
			"2": "CONFIDENTIAL//REL JMAC,U2//ORIG JMAC", "3": "UNCLASSIFIED//REL ALL//ORIG JMAC"}}}',
		'CONFIDENTIAL//REL JMAC//ORIG JMAC');
});

# an analyst of the unit loads it, under her own clearance
is(as_person($node, 'awa', q{SELECT * FROM pkint.load_feed('ged')}), '1855|1855|0|0|0|0', 'every event is accepted');
is(as_person($node, 'awa', q{SELECT * FROM pkint.load_feed('ged')}), '1855|0|1855|0|0|0', 'the same rows again change nothing');
my @got = sort split /\n/, as_person($node, 'awa', q{
	SET timezone = 'UTC'; SET datestyle = 'ISO';
	SELECT feed_key, code, radius_m(footprint), lower(during(footprint))::date, upper(during(footprint))::date, killed_low, killed, killed_high FROM mission.report});
is_deeply(\@got, \@expected, 'code, radius, range and deaths of each event are those of the file');
is(as_person($node, 'awa', q{SELECT count(*) FROM mission.report r JOIN feeds.car c ON c.id::text = r.feed_key
	WHERE abs(longitude(r.footprint) - c.longitude::float8) > 1e-9 OR abs(latitude(r.footprint) - c.latitude::float8) > 1e-9}), '0', 'every place is that of the file');
my $wrong = grep { !($_->{low} <= $_->{best} && $_->{best} <= $_->{high}) } @events;
is(as_person($node, 'awa', q{SELECT count(*) FROM mission.finding WHERE rule = 'C08'}), $wrong, "$wrong events whose low, best and high are not in order");
is(as_person($node, 'awa', q{SELECT count(*) FROM mission.incident}), '1855', 'distinct events stay distinct');
is(as_person($node, 'awa', q{SELECT extra ->> 'dyad_name' FROM mission.report WHERE feed_key = '22782'}),
	'Government of Central African Republic - Civilians', 'columns that nothing maps stay with the report');

# the file changes by one row
{
	local ($^I, @ARGV) = ('', "$work/car.csv");
	while (<>) { s/^(22782,.*),0,20,0,482,/$1,0,25,0,482,/; print; }
}
is(as_person($node, 'awa', q{SELECT * FROM pkint.load_feed('ged')}), '1855|0|1854|1|0|0', 'one changed row is one update');
is(as_person($node, 'awa', q{SELECT killed_high FROM mission.report WHERE feed_key = '22782'}), '25', 'with its new figure');

# ogr2ogr, as anybody would use it
my %share = (awa => 1855, boris => scalar(grep { $_->{type_of_violence} != 1 } @events), newcomer => 0);
for my $person (sort keys %share)
{
	for my $view (qw(incident incident_layer))
	{
		my $file = "$work/$person.$view.json";
		command_ok([ 'ogr2ogr', '-f', 'GeoJSON', $file, 'PG:' . $node->connstr('mission') . " user=$person", "mission.$view" ],
			"ogr2ogr reads mission.$view as $person");
		my $layer = decode_json(slurp_file($file));
		is(scalar @{ $layer->{features} }, $share{$person}, "just the rows of $person");
		next unless $share{$person};
		is(scalar(grep { ($_->{geometry}{type} // '') eq 'Point' && @{ $_->{geometry}{coordinates} } == 2 } @{ $layer->{features} }),
			$share{$person}, 'each with a point');
		my ($bangui) = grep { ($_->{properties}{title} // '') =~ /TROOPS SHOT 20 DEAD/ } @{ $layer->{features} };
		is_deeply([ map { sprintf '%.4f', $_ } @{ $bangui->{geometry}{coordinates} } ], [ '18.5833', '4.3667' ], 'where it happened');
		like($bangui->{properties}{label}, qr/^UNCLASSIFIED/, 'with its label');
	}
}

done_testing();
