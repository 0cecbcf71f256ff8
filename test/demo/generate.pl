#!/usr/bin/perl
# test/demo/generate.pl: writes the sample mission, test/demo/data/*, from test/demo/seed/*.
#
# The country, its places, people, armed groups and events are invented. The
# script is seeded with its own generator of random numbers, so every machine
# writes the same bytes; a test holds it to that. Grid references come from
# GeoConvert (Debian: geographiclib-tools), an implementation of MGRS that
# shares nothing with pkint's own.
#
#   perl test/demo/generate.pl [directory to write to]

use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use FindBin;
use IPC::Open2;

require "$FindBin::Bin/feeds.pl";

our %demo;    # what feeds.pl shares with us: places, actors, phrases …
my $seed = "$FindBin::Bin/seed";
my $out = $ARGV[0] // "$FindBin::Bin/data";

my $EVENTS = 1130;
my $state = 20220101;

# --- chance --------------------------------------------------------------------

# A 32-bit xorshift generator: the same numbers everywhere.
sub rnd
{
	$state ^= ($state << 13) & 0xffffffff;
	$state ^= $state >> 17;
	$state ^= ($state << 5) & 0xffffffff;
	return $state / 4294967296;
}

# A whole number from a to b, both included.
sub between { my ($a, $b) = @_; return $a + int(rnd() * ($b - $a + 1)); }

sub chance { return rnd() < $_[0]; }

sub pick { return $_[ int(rnd() * @_) ]; }

# One of a list of [weight, value].
sub weighted
{
	my $sum = 0;
	$sum += $_->[0] for @_;
	my $at = rnd() * $sum;
	for my $choice (@_)
	{
		$at -= $choice->[0];
		return $choice->[1] if $at < 0;
	}
	return $_[-1][1];
}

# A casualty figure from a range such as 0-9, small ones likelier.
sub casualties
{
	my ($low, $high) = split /-/, $_[0];
	return $low + int(($high - $low + 1) * rnd()**1.9);
}

# --- what was written by hand ----------------------------------------------------

# Rows of a tab separated file, without its comments.
sub tsv
{
	my ($file) = @_;
	my @rows;
	open my $fh, '<', "$seed/$file" or die "$file: $!\n";
	while (my $line = <$fh>)
	{
		chomp $line;
		push @rows, [ split /\t/, $line, -1 ] if $line ne '' && $line !~ /^#/;
	}
	return @rows;
}

sub read_seeds
{
	for (tsv('places.tsv'))
	{
		my %place;
		@place{qw(name prefecture lon lat kind people)} = @$_;
		push @{ $demo{places} }, \%place;
		$demo{place}{ $place{name} } = \%place;
	}
	for (tsv('actors.tsv'))
	{
		my %actor;
		@actor{qw(code kind class en fr)} = @$_;
		$demo{actor}{ $actor{code} } = \%actor;
		push @{ $demo{kind}{ $actor{kind} } }, $actor{code};
	}
	push @{ $demo{phrases}{ $_->[0] }{ $_->[1] } }, [ @$_[ 2, 3 ] ]
	  for tsv('phrases.tsv');
	push @{ $demo{names}{ $_->[0] } }, $_->[1] for tsv('people.tsv');
	push @{ $demo{prefectures} }, [@$_] for tsv('prefectures.tsv');
	for (tsv('catalogue.tsv'))
	{
		my %leaf;
		@leaf{qw(leaf weight killed injured taken agency actor actor2 target
			  means poc)} = @$_;
		@{ $leaf{p} }{ @{ $demo{units} } } = @$_[ 11 .. 15 ];
		@{ $leaf{word} }{ @{ $demo{units} } } = @$_[ 16 .. 20 ];
		push @{ $demo{leaves} }, \%leaf;
		$demo{leaf}{ $leaf{leaf} } = \%leaf;
	}
	return;
}

# --- where ------------------------------------------------------------------------

# The point so many kilometres from another, in a direction in degrees.
sub offset_point
{
	my ($lon, $lat, $km, $bearing) = @_;
	my $angle = $bearing * 3.14159265358979 / 180;
	my $shrink = cos($lat * 3.14159265358979 / 180);
	return ($lon + $km * sin($angle) / (111.32 * $shrink),
		$lat + $km * cos($angle) / 110.57);
}

# Roughens the edge from a to b. Both prefectures that share it get the same
# line, since the numbers come from its ends alone.
sub rough_edge
{
	my ($ax, $ay, $bx, $by, $depth) = @_;
	return () if $depth == 0;
	my ($sx, $sy, $ex, $ey) =
	  ($ax < $bx || ($ax == $bx && $ay < $by))
	  ? ($ax, $ay, $bx, $by)
	  : ($bx, $by, $ax, $ay);
	my $hash = int(abs($sx * 1e4) + 0.5) * 31 + int(abs($sy * 1e4) + 0.5) * 17
	  + int(abs($ex * 1e4) + 0.5) * 13 + int(abs($ey * 1e4) + 0.5) * 7;
	my $push = (($hash * 7919) % 1000 / 1000 - 0.5) * 0.22;
	my $mx = sprintf '%.4f', ($sx + $ex) / 2 - $push * ($ey - $sy);
	my $my = sprintf '%.4f', ($sy + $ey) / 2 + $push * ($ex - $sx);
	return (rough_edge($ax, $ay, $mx, $my, $depth - 1),
		[ $mx, $my ], rough_edge($mx, $my, $bx, $by, $depth - 1));
}

# A prefecture's ring, closed, with every edge roughened.
sub ring
{
	my @corners = map { [ split / / ] } split /,/, $_[0];
	my @ring;
	for my $i (0 .. $#corners)
	{
		my ($from, $to) = ($corners[$i], $corners[ ($i + 1) % @corners ]);
		push @ring, [ map { sprintf '%.4f', $_ } @$from ],
		  rough_edge(@$from, @$to, 3);
	}
	push @ring, $ring[0];
	return @ring;
}

# Asks GeoConvert for the ten-digit grid reference of many points at once.
sub grid_references
{
	my @points = @_;
	my $pid = open2(my $from, my $to, 'GeoConvert', '-m', '-p', '0');
	print $to map { sprintf "%.7f %.7f\n", $_->[1], $_->[0] } @points;
	close $to;
	my @refs = <$from>;
	waitpid $pid, 0;
	die "GeoConvert answered " . @refs . " of " . @points . " points\n"
	  if $? != 0 || @refs != @points;
	chomp @refs;
	return @refs;
}

# --- what happened ------------------------------------------------------------------

# Where fighting concentrates: town, km around it, first day, days, group, share.
my @campaigns = (
	[ 'Bantouvra', 7, 304, 30, 'FSR', 14 ],
	[ 'Sarkemine', 12, 58, 35, 'ALVO', 10 ],
	[ 'Mavouré', 14, 148, 38, 'BNR', 10 ],
	[ 'Lindouane', 12, 208, 42, 'ALVO', 10 ],
	[ 'Drimoussa', 9, 18, 32, 'FSR', 8 ],
	[ 'Gondéra', 10, 258, 24, 'BNR', 6 ],
	[ undef, 9, 0, 365, undef, 42 ]);

# Sets place, day and (for a campaign) the group of an event.
sub set_scene
{
	my ($event) = @_;
	my $violent = $event->{leaf}{actor} =~ /group/;
	my $campaign =
	  $violent
	  ? weighted(map { [ $_->[5], $_ ] } @campaigns)
	  : $campaigns[-1];
	my ($town, $km, $first, $days, $group) = @$campaign;
	my $place =
	  $town
	  ? $demo{place}{$town}
	  : weighted(map { [ $_->{people}**0.45, $_ ] } @{ $demo{places} });
	$event->{place} = $place;
	$event->{km} = 0.3 + $km * rnd()**1.4;
	$event->{bearing} = between(0, 359);
	@$event{qw(lon lat)} =
	  offset_point(@$place{qw(lon lat)}, $event->{km}, $event->{bearing});
	$event->{minute} = ($first + between(0, $days - 1)) * 1440
	  + between(4 * 60, 22 * 60);
	$event->{group} = $group;
	return;
}

# Somebody of one of the kinds that the catalogue allows, other than the first.
sub somebody
{
	my ($kinds, $group, $not) = @_;
	return '' if $kinds eq '-' || $kinds eq 'none';
	my @kinds = split /,/, $kinds;
	return $group
	  if $group && !$not && grep { $_ eq 'group' } @kinds and chance(0.8);
	my @who = grep { $_ ne ($not // '') } map { @{ $demo{kind}{$_} } } @kinds;
	return pick(@who);
}

# Divides a count by sex and age.
sub by_sex_and_age
{
	my ($count, @weights) = @_;
	my %part = map { $_ => 0 } qw(woman man girl boy unknown);
	my @choice = ([ 22, 'woman' ], [ 50, 'man' ], [ 10, 'girl' ], [ 10, 'boy' ],
		[ 8, 'unknown' ]);
	$choice[$_][0] = $weights[$_] for 0 .. $#weights;
	$part{ weighted(@choice) }++ for 1 .. $count;
	return \%part;
}

# One event as it truly happened.
sub new_event
{
	my ($number, $leaf) = @_;
	my $event = { number => $number, leaf => $leaf };
	set_scene($event);
	$event->{actor} = somebody($leaf->{actor}, $event->{group});
	$event->{actor2} = somebody($leaf->{actor2}, undef, $event->{actor});
	$event->{$_} = casualties($leaf->{$_}) for qw(killed injured taken);
	$event->{survivors} = $leaf->{leaf} eq 'CIV-CRS' ? between(1, 4) : 0;
	$event->{displaced} =
	  $leaf->{leaf} =~ /CIV-DSP|HAZ-NAT/ ? between(4, 60) * 10 : 0;
	$event->{head} = between(8, 120);
	$event->{road} = pick(grep { $_ ne $event->{place}{name} }
		  map { $_->{name} } @{ $demo{places} });
	$event->{by}{killed} = by_sex_and_age($event->{killed});
	$event->{by}{injured} = by_sex_and_age($event->{injured});
	$event->{by}{taken} =
	  $leaf->{leaf} eq 'CHD-REC'
	  ? by_sex_and_age($event->{taken}, 0, 0, 15, 85, 0)
	  : by_sex_and_age($event->{taken});
	$event->{by}{survivors} =
	  by_sex_and_age($event->{survivors}, 65, 4, 29, 2, 0);
	return $event;
}

# --- who reports it --------------------------------------------------------------------

my %words = (
	en => [qw(north north-east east south-east south south-west west north-west)],
	fr => [qw(nord nord-est est sud-est sud sud-ouest ouest nord-ouest)]);

# Fills the slots of a phrase for one report.
sub fill_in
{
	my ($text, $event, $report, $lang) = @_;
	my %slot = (
		place => $event->{place}{name},
		km => sprintf('%d', $event->{km} + 0.999),
		dir => $words{$lang}[ int(($event->{bearing} + 22.5) / 45) % 8 ],
		head => $event->{head},
		road => $event->{road},
		displaced => $event->{displaced},
		survivors => $event->{survivors},
		map { $_ => $report->{$_} } qw(killed injured taken));
	for (qw(actor actor2))
	{
		$slot{$_} =
		  $event->{$_}
		  ? $demo{actor}{ $event->{$_} }{$lang}
		  : $lang eq 'fr' ? 'un inconnu' : 'persons unknown';
	}
	$text =~ s/\{(\w+)\}/$slot{$1} \/\/ die "no slot $1\n"/ge;
	$text =~ s/\b(1 (?:civilian|resident|other|survivor|trader|boy|mort|noyé|tué|blessé|survivante|habitant|civil|commerçant|garçon))s\b/$1/g;
	return ucfirst $text;
}

# A figure as a unit has it: sometimes one off, never below what the leaf needs.
sub hearsay
{
	my ($event, $field, $doubt) = @_;
	my $count = $event->{$field};
	my ($low) = split /-/, $event->{leaf}{$field};
	return $count if $count == 0 || !chance($doubt);
	$count += chance(0.5) ? 1 : -1;
	return $count < ($low || 1) ? ($low || 1) : $count;
}

my %language = (jmac => 0.15, u2 => 0, s2 => 1, unpol => 0.4, hrd => 0.5);
my %doubt = (jmac => 0.12, u2 => 0.25, s2 => 0.15, unpol => 0.1, hrd => 0);

# What one unit wrote about an event, before it takes the unit's own form.
sub new_report
{
	my ($unit, $event) = @_;
	my $report = { unit => $unit, event => $event };
	my $lang = chance($language{$unit}) ? 'fr' : 'en';
	$report->{lang} = $lang;
	$report->{$_} = hearsay($event, $_, $doubt{$unit}) for qw(killed injured taken);
	my $phrase = pick(@{ $demo{phrases}{ $event->{leaf}{leaf} }{$lang} });
	$report->{title} = fill_in($phrase->[0], $event, $report, $lang);
	$report->{narrative} = fill_in($phrase->[1], $event, $report, $lang);
	my ($from, $to) = @{ $demo{lag}{$unit} };
	$report->{reported} = $event->{minute} + between($from * 60, $to * 60);
	$report->{leaf} = $event->{leaf};
	return $report;
}

# Whether the unit hears of it: the battalion only in its own sector.
sub hears_of
{
	my ($unit, $event) = @_;
	return 0
	  if $unit eq 's2'
	  && $event->{place}{prefecture} !~ /^(Plaine-de-Kess|Basse-Mavoue)$/;
	return chance($event->{leaf}{p}{$unit});
}

# All events and their reports.
sub live_through_the_year
{
	my $number = 0;
	while ($number < $EVENTS)
	{
		my $leaf = weighted(map { [ $_->{weight}, $_ ] } @{ $demo{leaves} });
		my $event = new_event($number + 1, $leaf);
		my @units = grep { hears_of($_, $event) } @{ $demo{units} };
		next if !@units;
		$number++;
		push @{ $demo{events} }, $event;
		push @{ $demo{reports}{$_} }, new_report($_, $event) for @units;
	}
	return $number;
}

# --- people who talk ---------------------------------------------------------------------

my @trades = (
	[ 'trader', 'commerçant' ], [ 'teacher', 'enseignante' ],
	[ 'nurse', 'infirmier' ], [ 'ferryman', 'piroguier' ],
	[ 'imam', 'imam' ], [ 'lorry driver', 'chauffeur' ]);

# The units' human sources. Two may not be registered: see docs/sample-mission.md.
sub recruit_sources
{
	my %used;
	for my $number (1 .. 16)
	{
		my $name;
		do
		{
			$name = pick(@{ $demo{names}{given} }) . ' '
			  . pick(@{ $demo{names}{family} });
		} while ($used{$name}++);
		my $trade = pick(@trades);
		push @{ $demo{sources} },
		  {
			number => $number,
			unit => (qw(jmac u2 s2 hrd))[ ($number - 1) % 4 ],
			name => $name,
			trade => $trade,
			place => pick(@{ $demo{places} })->{name},
			phone => sprintf('+999 %02d %02d %02d', map { between(0, 99) } 1 .. 3),
			adult => $number == 15 ? 'no' : 'yes',
			official => $number == 14 ? 'yes' : 'no'
		  };
	}
	# One person talks to two units.
	@{ $demo{sources}[12] }{qw(name trade phone place)} =
	  @{ $demo{sources}[1] }{qw(name trade phone place)};
	return;
}

# A name as people write it: in full, surname first, without accents, or short.
sub written_name
{
	my ($name) = @_;
	my ($given, $family) = split / /, $name;
	my $plain = $name;
	$plain =~ tr/éèêëîïôûüç/eeeeiiouuc/;
	return weighted(
		[ 5, [ full => $name ] ],
		[ 2, [ reversed => uc($family) . " $given" ] ],
		[ 2, [ unaccented => $plain ] ],
		[ 1, [ family => $family ] ]);
}

# Lets some narratives name the source, as they should not.
sub name_sources
{
	for my $unit (qw(jmac u2 s2 hrd))
	{
		# The first source is never named: the demo registers him, and no dump may hold his name.
		my @own = grep { $_->{unit} eq $unit && $_->{number} > 1 } @{ $demo{sources} };
		for my $report (@{ $demo{reports}{$unit} })
		{
			next if !chance(0.06);
			my $source = pick(@own);
			my ($form, $name) = @{ written_name($source->{name}) };
			my $trade = $source->{trade}[ $report->{lang} eq 'fr' ? 1 : 0 ];
			$report->{narrative} .=
			  $report->{lang} eq 'fr'
			  ? " Selon $name, $trade à $source->{place}."
			  : " According to $name, a $trade of $source->{place}.";
			$report->{source} = { %$source, form => $form, written => $name };
		}
	}
	return;
}

# --- onto paper ------------------------------------------------------------------------------

# One field, quoted where it must be.
sub quoted
{
	my ($value, $separator) = @_;
	return '' if !defined $value;
	return $value if $value !~ /["\n]|\Q$separator\E/;
	$value =~ s/"/""/g;
	return "\"$value\"";
}

# Writes rows of hashes as a CSV file with these columns.
sub write_csv
{
	my ($file, $separator, $columns, @rows) = @_;
	open my $fh, '>', "$out/$file" or die "$out/$file: $!\n";
	print $fh join($separator, @$columns), "\n";
	for my $row (@rows)
	{
		print $fh join($separator, map { quoted($row->{$_}, $separator) } @$columns),
		  "\n";
	}
	close $fh or die "$out/$file: $!\n";
	return;
}

# The gazetteer, the area of application, and what the units' words mean.
sub write_reference
{
	write_csv('places.csv', ',', [qw(name prefecture lon lat kind people)],
		@{ $demo{places} });
	my @prefectures = map {
		my ($name, $corners) = @$_;
		{
			name => $name,
			wkt => 'POLYGON((' . join(',', map { "$_->[0] $_->[1]" } ring($corners))
			  . '))'
		}
	} @{ $demo{prefectures} };
	write_csv('prefectures.csv', ',', [qw(name wkt)], @prefectures);
	my @words;
	for my $unit (@{ $demo{units} })
	{
		push @words,
		  map { { feed => $unit, word => $_->{word}{$unit}, leaf => $_->{leaf} } }
		  grep { $_->{word}{$unit} ne '-' } @{ $demo{leaves} };
	}
	# Catch-all words, and one offence that the catalogue has not.
	push @words, { feed => 'jmac', word => 'PoC', leaf => 'CIV-KIL' },
	  { feed => 'u2', word => 'POC', leaf => 'CIV-KIL' },
	  { feed => 's2', word => 'PdC', leaf => 'CIV-KIL' },
	  { feed => 'unpol', word => '512', leaf => 'UNM-DET' };
	write_csv('vocabulary.csv', ',', [qw(feed word leaf)], @words);
	return;
}

# What is known to be true: for tests, never loaded by a feed.
sub write_truth
{
	my @all = map { @{ $demo{reports}{$_} } } @{ $demo{units} };
	write_csv('truth.csv', ',', [qw(feed key event leaf lon lat happened)],
		map {
			my $e = $_->{event};
			{
				feed => $_->{unit}, key => $_->{key}, event => $e->{number},
				leaf => $e->{leaf}{leaf},
				lon => sprintf('%.7f', $e->{lon}),
				lat => sprintf('%.7f', $e->{lat}),
				happened => stamp('%Y-%m-%d %H:%M', $e->{minute})
			}
		} grep { $_->{event} } @all);
	write_csv('mentions.csv', ',', [qw(feed key source form written)],
		map {
			{
				feed => $_->{unit}, key => $_->{key},
				source => $_->{source}{number},
				form => $_->{source}{form}, written => $_->{source}{written}
			}
		} grep { $_->{source} } @all);
	write_csv('faults.csv', ',', [qw(feed row key fault expect)], @{ $demo{faults} });
	write_csv('tricky.csv', ',', [qw(feed key what expect)], @{ $demo{tricky} });
	write_csv('sources.csv', ',',
		[qw(number unit name trade place phone adult official)],
		map { { %$_, trade => $_->{trade}[0] } } @{ $demo{sources} });
	return;
}

# --- all of it ---------------------------------------------------------------------------------

$demo{units} = [qw(jmac u2 s2 unpol hrd)];
$demo{lag} = {
	jmac => [ 20, 96 ], u2 => [ 1, 30 ], s2 => [ 1, 30 ],
	unpol => [ 2, 72 ], hrd => [ 72, 600 ] };
read_seeds();
live_through_the_year();
recruit_sources();
add_tricky_reports();
name_sources();
number_reports();
{
	my @s2 = @{ $demo{reports}{s2} };
	my @refs = grid_references(map { [ @{ $_->{event} }{qw(lon lat)} ] } @s2);
	$s2[$_]{mgrs} = $refs[$_] for 0 .. $#s2;
}
for my $unit (@{ $demo{units} })
{
	my @rows = unit_rows($unit);
	spoil($unit, \@rows);
	write_csv(unit_file($unit), unit_separator($unit), unit_columns($unit), @rows);
	printf "%-8s %4d rows\n", $unit, scalar @rows;
}
write_reference();
write_truth();
