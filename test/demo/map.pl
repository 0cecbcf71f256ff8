#!/usr/bin/perl
# test/demo/map.pl: draws docs/sample-mission.svg from test/demo/data.
#
#   perl test/demo/map.pl > docs/sample-mission.svg

use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use FindBin;

my $data = "$FindBin::Bin/data";
my ($west, $south, $east, $north, $scale) = (14.25, 2.02, 17.55, 4.85, 270);

# What the dots stand for: groups of the taxonomy, in drawing order.
my @groups = (
	[ 'HAZ|UND', '#3a7ca5', 'mishap, cause unknown' ],
	[ 'CRM|CRD|COM', '#8a8d3a', 'crime, crowds, communities' ],
	[ 'POS|POL|EXP-FND', '#8c8c8c', 'movement, politics, finds' ],
	[ 'ARM|EXP|UNM|AID', '#b07aa1', 'armed engagement, explosives, attacks on the mission or aid' ],
	[ 'CIV|CHD', '#c8442f', 'harm to civilians, children' ]);

# Where each prefecture's name is written, clear of the towns.
my %name_at = (
	'Haute-Mavoue' => [ 14.86, 3.97 ], 'Sarkemine' => [ 16.25, 4.52 ],
	'Plaine-de-Kess' => [ 15.90, 3.08 ], 'Lindoua' => [ 16.88, 3.08 ],
	'Basse-Mavoue' => [ 15.04, 3.03 ], 'Gondéra' => [ 16.30, 2.45 ]);

# Page coordinates of a longitude and latitude.
sub at
{
	my ($lon, $lat) = @_;
	return (sprintf('%.1f', ($lon - $west) * $scale),
		sprintf('%.1f', ($north - $lat) * $scale));
}

# Rows of a data file, as hashes. No field of these files needs more than this.
sub rows
{
	my ($file) = @_;
	open my $fh, '<', "$data/$file" or die "$file: $!\n";
	chomp(my $head = <$fh>);
	my @names = split /,/, $head;
	my @rows;
	while (my $line = <$fh>)
	{
		chomp $line;
		my @fields;
		push @fields, $1 // $2 while $line =~ /\G(?:^|,)(?:"([^"]*)"|([^,]*))/g;
		my %row;
		@row{@names} = @fields;
		push @rows, \%row;
	}
	return @rows;
}

sub draw_prefectures
{
	my @tints = ('#f4efe2', '#efe9d8', '#f7f3ea', '#ece5d1', '#f2ecdc', '#f0eadb');
	for my $p (rows('prefectures.csv'))
	{
		my ($ring) = $p->{wkt} =~ /\(\((.*)\)\)/;
		my @points = map { [ split / / ] } split /,/, $ring;
		my $path = join ' ', map { join ',', at(@$_) } @points;
		my $tint = shift @tints;
		print qq{<polygon points="$path" fill="$tint" stroke="#9b8f70" stroke-width="1.2"/>\n};
		my ($cx, $cy) = at(@{ $name_at{ $p->{name} } });
		print qq{<text x="$cx" y="$cy" class="p">\U$p->{name}\E</text>\n};
	}
	return;
}

# Every event once, as a dot; one path a group keeps the file small.
sub draw_events
{
	my %seen;
	my @events = grep { !$seen{ $_->{event} }++ } rows('truth.csv');
	for my $group (@groups)
	{
		my ($match, $colour) = @$group;
		my @dots = map { my ($x, $y) = at($_->{lon}, $_->{lat}); "M$x ${y}h0" }
		  grep { $_->{leaf} =~ /^($match)/ && ($match =~ /FND/ || $_->{leaf} ne 'EXP-FND') } @events;
		push @$group, scalar @dots;
		print qq{<path d="@dots" stroke="$colour" class="e"/>\n};
	}
	return scalar @events;
}

sub draw_towns
{
	for my $town (rows('places.csv'))
	{
		my ($x, $y) = at($town->{lon}, $town->{lat});
		my $r = $town->{kind} eq 'capital' ? 5 : $town->{kind} eq 'town' ? 3.4 : 2;
		my $class = $town->{kind} eq 'village' ? 'v' : 't';
		printf qq{<circle cx="%s" cy="%s" r="%s"/><text x="%.1f" y="%.1f" class="%s">%s</text>\n},
		  $x, $y, $r, $x + $r + 3, $y - 4, $class, $town->{name};
	}
	return;
}

sub draw_legend
{
	my ($events) = @_;
	my $y = 718;
	print qq{<text x="14" y="$y" class="t">Ovandie, 2022: @{[ $events =~ s/(\d)(\d{3})$/$1,$2/r ]} events</text>\n};
	for my $group (@groups)
	{
		$y += 16;
		print qq{<path d="M20 ${y}h0" stroke="$group->[1]" class="e k"/>}
		  . qq{<text x="30" y="@{[ $y + 4 ]}" class="v">$group->[2] ($group->[3])</text>\n};
	}
	my $km50 = sprintf '%.1f', 50 / 111.2 * $scale;
	print qq{<path d="M700 760h$km50" stroke="#333" stroke-width="2"/><text x="700" y="752" class="v">50 km</text>\n};
	return;
}

my ($width, $height) = at($east, $south);
$height += 70;
print qq{<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" font-family="sans-serif">\n};
print qq{<title>The sample mission: Ovandie, an invented country</title>\n};
print qq{<style>.p{font-size:13px;fill:#b3a888;letter-spacing:3px;text-anchor:middle}}
  . qq{.t{font-size:12px;font-weight:bold;fill:#222}.v{font-size:9.5px;fill:#333}}
  . qq{.e{stroke-width:3.2;stroke-linecap:round;stroke-opacity:.6;fill:none}.k{stroke-width:8}</style>\n};
print qq{<rect width="$width" height="$height" fill="#fdfcf8"/>\n};
draw_prefectures();
my $events = draw_events();
draw_towns();
my ($x, $y) = at(15.8686, 3.3245);
my $cell = sprintf '%.1f', 12;
print qq{<rect x="@{[ $x - 6 ]}" y="@{[ $y - 6 ]}" width="$cell" height="$cell" fill="none" stroke="#000"/>}
  . qq{<text x="@{[ $x + 10 ]}" y="@{[ $y + 14 ]}" class="v">33NWD9667</text>\n};
draw_legend($events);
print "</svg>\n";
