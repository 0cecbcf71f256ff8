# Maps are read by real clients, as a reader: ogr2ogr takes incident_layer along with
# plain types and its labels; ogrinfo reads the GeoJSON and the vector tile, banners
# and all; nobody's map shows a row that he may not see (R02, R50, R68, T14).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use PostgreSQL::Test::Cluster;
use IPC::Run qw(run);
use Test::More;
use PkintTest;

plan skip_all => 'ogr2ogr is not installed' unless run([ 'ogr2ogr', '--version' ], '>', \my $version, '2>', \my $nothing);

my $node = mission_server('maps');
small_mission($node);
$node->safe_psql('mission', q{
	SELECT pkint.create_register('mission');
	INSERT INTO mission.report (label, unit, footprint, title, code, grade, killed, killed_low, killed_high) VALUES
		('C//REL JMAC//ORIG JMAC', 'JMAC', '<(18.55 4.37),500,["2022-05-03 08:00+00","2022-05-03 10:00+00")>', 'embuscade à Bangui', 'ARM-AMB', 'B2', 3, 3, 3),
		('U//REL ALL//ORIG U2', 'U2', '<(18.56 4.38),2000,[2022-05-04 00:00+00,2022-05-05 00:00+00)>', 'meeting', 'POL-EVT', 'A1', NULL, NULL, NULL),
		('U//REL ALL//ORIG U2', 'U2', '<(22.4 6.5),0,(,)>', 'far away', NULL, NULL, NULL, NULL, NULL),
		('C//REL U2//ORIG U2', 'U2', '<(18.57 4.39),500,[2022-05-03 00:00+00,2022-05-04 00:00+00)>', 'hidden from JMAC', 'ARM-AMB', 'B2', 3, 3, 3);
});
my $dir = PostgreSQL::Test::Utils::tempdir;
my $from = sprintf q{PG:host=%s port=%s dbname=mission user=%s}, $node->host, $node->port, 'awa';

# Run a program; what it printed, errors and all.
sub output_of
{
	my @command = @_;
	my ($out, $err) = ('', '');
	my $ok = run(\@command, '>', \$out, '2>', \$err);
	ok($ok, join(' ', map { s/PG:.*/PG:…/r } @command[0 .. 2])) or diag("$out$err");
	return "$out$err";
}

# --- the layer -----------------------------------------------------------------

my $layer = output_of('ogrinfo', '-so', '-ro', $from, 'mission.incident_layer');
like($layer, qr/Geometry: Point\b/, 'the layer is one of points');
like($layer, qr/ID\["EPSG",4326\]/, 'on WGS 84');
like($layer, qr/Feature Count: 3\b/, 'and holds what its reader may see');
like($layer, qr/^FID Column = id$|^id: Integer64/m, 'its key is an integer');
my %types = (radius_m => 'Real', begins => 'DateTime', ends => 'DateTime', title => 'String', code => 'String', killed => 'Integer',
	poc => 'Integer\(Boolean\)', reports => 'Integer', units => 'String', grade => 'String', label => 'String');
like($layer, qr/^\Q$_\E: $types{$_}(?!\w)/m, "column $_ is plain") for sort keys %types;

my $package = "$dir/incidents.gpkg";
output_of('ogr2ogr', '-f', 'GPKG', $package, $from, 'mission.incident_layer', '-nln', 'incidents', '-spat', 18, 4, 19, 5);
my $taken = output_of('ogrinfo', '-al', '-ro', $package);
like($taken, qr/Feature Count: 2\b/, 'a GeoPackage of a window holds the two rows in it');
like($taken, qr/embuscade à Bangui/, 'with its text');
like($taken, qr/label \(String\) = CONFIDENTIAL\/\/REL JMAC\/\/ORIG JMAC/, 'and its label, word for word');
like($taken, qr{begins \(DateTime\) = 2022/05/03 0?8:00:00\+00}, 'and its times');
like($taken, qr/POINT \(18\.55 4\.37\)/, 'and its place');
unlike($taken, qr/hidden/, 'and nothing hidden');

my $json = "$dir/incidents.geojson";
output_of('ogr2ogr', '-f', 'GeoJSON', $json, $from, '-sql', q{SELECT * FROM mission.incident_layer WHERE begins >= '2022-05-03' AND begins < '2022-05-04'});
$taken = output_of('ogrinfo', '-al', '-ro', $json);
like($taken, qr/Feature Count: 1\b/, 'a day as GeoJSON');
like($taken, qr/grade \(String\) = B2/, 'with its grade');

# --- what the functions make -------------------------------------------------------

PostgreSQL::Test::Utils::append_to_file("$dir/own.geojson", as_person($node, 'awa', q{SELECT pkint.incident_geojson('mission')}));
$taken = output_of('ogrinfo', '-al', '-ro', "$dir/own.geojson");
like($taken, qr/Feature Count: 3\b/, 'incident_geojson() is a collection that GDAL reads');
like($taken, qr/banner \(String\) = UN CONFIDENTIAL/, 'each incident under its banner');
like(PostgreSQL::Test::Utils::slurp_file("$dir/own.geojson"), qr/"banner": "UN CONFIDENTIAL/, 'and the collection under that of all');
unlike($taken, qr/hidden/, 'and nothing hidden');

mkdir "$dir/tiles";
open my $tile, '>:raw', "$dir/tiles/8-141-124.pbf" or die $!;
print $tile pack 'H*', as_person($node, 'awa', q{SELECT encode(pkint.incident_tile('mission', 8, 141, 124), 'hex')});
close $tile;
$taken = output_of('ogrinfo', '-al', '-ro', "MVT:$dir/tiles/8-141-124.pbf", '-oo', 'X=141', '-oo', 'Y=124', '-oo', 'Z=8');
like($taken, qr/Layer name: incidents/, 'incident_tile() is a tile that GDAL reads');
like($taken, qr/Feature Count: 2\b/, 'with the incidents of its window');
like($taken, qr/banner \(String\) = UN CONFIDENTIAL/, 'under their banners');
like($taken, qr/label \(String\) = UNCLASSIFIED\/\/REL ALL\/\/ORIG U2/, 'with their labels');
unlike($taken, qr/hidden/, 'and nothing hidden');

# somebody without a clearance takes an empty layer home
my $nobody = $from =~ s/awa/newcomer/r;
$layer = output_of('ogrinfo', '-so', '-ro', $nobody, 'mission.incident_layer');
like($layer, qr/Feature Count: 0\b/, 'without a clearance there is nothing');

$node->stop;
done_testing();
