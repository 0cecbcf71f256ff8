# test/demo/feeds.pl: how each unit of the sample mission writes a report down,
# and what is wrong in its file on purpose. Part of generate.pl.

use strict;
use warnings;
use utf8;
use POSIX qw(strftime);

our %demo;

# A time of the mission's clock (UTC+1), from minutes since 2022 began there.
sub stamp
{
	my ($format, $minute) = @_;
	return strftime($format, gmtime(1640995200 + $minute * 60));
}

sub zulu { return stamp('%Y-%m-%d %H:%M:%S+00', $_[0] - 60); }

sub blank_zero { return $_[0] ? $_[0] : ''; }

# --- the files and their columns ---------------------------------------------------

my %form = (
	jmac => [ 'jmac.csv', ',',
		'Ref', 'Date', 'Until', 'Date prec', 'Town', 'Prefecture', 'Lat', 'Long',
		'Where prec', 'Category', 'PoC', 'Title', 'Summary', 'Perpetrator',
		'Against', 'Class', 'Agency', 'Target', 'Means', 'Killed', 'Women',
		'Men', 'Girls', 'Boys', 'Sex unknown', 'Injured', 'Taken', 'Displaced',
		'Grade', 'Reported', 'Handling', 'Lang' ],
	u2 => [ 'u2.csv', ',',
		qw(event_id from_dtg to_dtg lon lat radius_m evt_type poc title text
		  actor versus class intent tgt means kia wia cap rel cred reported
		  label) ],
	s2 => [ 's2.csv', ';',
		'N°', 'Date', 'Heure', 'MGRS', 'Localité', 'Nature', 'PdC', 'Objet',
		'Compte rendu', 'Auteur', 'Adversaire', 'Catégorie', 'Intention',
		'Cible', 'Tués', 'Blessés', 'Enlevés', 'Cotation', 'Rédigé le',
		'Diffusion' ],
	unpol => [ 'unpol.csv', ',',
		qw(id opened station offence headline summary lat lon precision suspect
		  suspect_class intent victim weapon dead_f dead_m dead_minor dead_other
		  hurt taken grade filed marking lang) ],
	hrd => [ 'hrd.csv', ',',
		qw(case_no date_from date_to place prefecture lon lat radius_m violation
		  title narrative perpetrator second_side perp_class agency victim means
		  killed_low killed killed_high killed_woman killed_man killed_girl
		  killed_boy killed_unknown injured injured_woman injured_man injured_girl
		  injured_boy injured_unknown taken taken_girl taken_boy taken_woman
		  taken_man taken_unknown survivors survivors_woman survivors_man
		  survivors_girl survivors_boy displaced consent link grade received
		  label lang) ]);

sub unit_file { return $form{ $_[0] }[0]; }
sub unit_separator { return $form{ $_[0] }[1]; }
sub unit_columns { my @f = @{ $form{ $_[0] } }; return [ @f[ 2 .. $#f ] ]; }

my %key_column = (
	jmac => 'Ref', u2 => 'event_id', s2 => 'N°', unpol => 'id', hrd => 'case_no');
my %key_format = (
	jmac => 'J22-%04d', u2 => 'U2/22/%04d', s2 => 'B3-%03d', unpol => '%d',
	hrd => 'HR-2022-%04d');

# Reports get their number in the order in which they were written down.
sub number_reports
{
	for my $unit (@{ $demo{units} })
	{
		my @sorted = sort {
			$a->{reported} <=> $b->{reported}
			  || $a->{event}{number} <=> $b->{event}{number}
		} @{ $demo{reports}{$unit} };
		my $number = 0;
		$_->{key} = sprintf $key_format{$unit}, ++$number for @sorted;
		$demo{reports}{$unit} = \@sorted;
		push @{ $demo{tricky} },
		  map { { feed => $unit, key => $_->{key}, %{ $_->{tricky} } } }
		  grep { $_->{tricky} } @sorted;
	}
	return;
}

# --- one report in its unit's own form -----------------------------------------------

sub english { my ($a) = @_; return $a ? $demo{actor}{$a}{en} : ''; }
sub french { my ($a) = @_; return $a ? $demo{actor}{$a}{fr} : ''; }

# The class of whoever did it; a mishap has nobody behind it.
sub perp_class
{
	my ($event) = @_;
	return $demo{actor}{ $event->{actor} }{class} if $event->{actor};
	return $event->{leaf}{actor} eq 'none' ? 'none' : 'unknown';
}

# Splits what a unit counted as the truth was split, as far as it goes.
sub split_count
{
	my ($count, $part) = @_;
	my %left = %$part;
	my %split;
	for my $who (qw(woman man girl boy unknown))
	{
		my $n = $left{$who} < $count ? $left{$who} : $count;
		$split{$who} = $n;
		$count -= $n;
	}
	$split{unknown} += $count;
	return \%split;
}

sub grade
{
	return weighted([ 2, 'A' ], [ 5, 'B' ], [ 5, 'C' ], [ 2, 'D' ], [ 1, 'E' ], [ 3, 'F' ])
	  . weighted([ 1, 1 ], [ 5, 2 ], [ 6, 3 ], [ 3, 4 ], [ 1, 5 ], [ 3, 6 ]);
}

sub means_of { my ($l) = @_; return $l->{means} eq 'none' ? '' : $l->{means}; }

# The middle of a prefecture, for those who know no better.
sub prefecture_centre
{
	my ($name) = @_;
	my ($row) = grep { $_->[0] eq $name } @{ $demo{prefectures} };
	my @corners = map { [ split / / ] } split /,/, $row->[1];
	my ($x, $y) = (0, 0);
	($x, $y) = ($x + $_->[0], $y + $_->[1]) for @corners;
	return ($x / @corners, $y / @corners);
}

sub jmac_row
{
	my ($report) = @_;
	my ($event, $leaf) = @$report{qw(event leaf)};
	my $place = $event->{place};
	my $where = weighted([ 45, 1 ], [ 45, 2 ], [ 10, 4 ]);
	my ($lon, $lat) =
	    $where == 1 ? offset_point(@$event{qw(lon lat)}, 0.3 * rnd(), between(0, 359))
	  : $where == 2 ? @$place{qw(lon lat)}
	  :               prefecture_centre($place->{prefecture});
	my $when = weighted([ 78, 1 ], [ 14, 2 ], [ 6, 3 ], [ 2, 4 ]);
	my ($day, $until) = ($event->{minute}, '');
	if ($when == 2)
	{
		$until = stamp('%Y-%m-%d', $day + 1440 * between(1, 2));
		$day -= 1440 * between(0, 2);
	}
	# 2022 began on a Saturday: back to Monday
	$day -= 1440 * ((int($day / 1440) + 5) % 7) if $when == 3;
	my $told = chance(0.7) && $report->{killed} > 0;
	my $part = split_count($report->{killed}, $event->{by}{killed});
	my $known = chance(0.8);
	return {
		'Ref' => $report->{key},
		'Date' => stamp($when == 4 ? '%Y-%m' : '%Y-%m-%d', $day), 'Until' => $until,
		'Date prec' => $when,
		'Town' => $place->{name}, 'Prefecture' => $place->{prefecture},
		'Lat' => sprintf('%.4f', $lat), 'Long' => sprintf('%.4f', $lon),
		'Where prec' => $where,
		'Category' => $leaf->{word}{jmac},
		'PoC' => chance(0.06) ? '' : $leaf->{poc} eq 'yes' ? 'Yes' : 'No',
		'Title' => $report->{title}, 'Summary' => $report->{narrative},
		'Perpetrator' => english($event->{actor}),
		'Against' => english($event->{actor2}),
		'Class' => $known ? perp_class($event) : '',
		'Agency' => $known ? $leaf->{agency} : '',
		'Target' => $leaf->{target}, 'Means' => means_of($leaf),
		'Killed' => $report->{killed},
		($told
			? ('Women' => $part->{woman}, 'Men' => $part->{man},
				'Girls' => $part->{girl}, 'Boys' => $part->{boy},
				'Sex unknown' => $part->{unknown})
			: ()),
		'Injured' => $report->{injured},
		'Taken' => $report->{taken},
		'Displaced' => blank_zero($event->{displaced}),
		'Grade' => grade(), 'Reported' => stamp('%Y-%m-%d', $report->{reported}),
		'Handling' => jmac_label($report), 'Lang' => $report->{lang}
	};
}

# Empty means the feed's default label.
sub jmac_label
{
	my ($report) = @_;
	return 'STRICTLY CONFIDENTIAL//SOURCE//REL JMAC//ORIG JMAC'
	  if $report->{source} && chance(0.6);
	return weighted(
		[ 55, '' ],
		[ 24, 'UNCLASSIFIED//REL ALL//ORIG JMAC' ],
		[ 15, 'CONFIDENTIAL//REL HRD,JMAC,U2,UNPOL//ORIG JMAC' ],
		[ 4, 'UN CONFIDENTIAL//REL JMAC,UNPOL//ORIG JMAC' ],
		[ 2, 'STRICTLY CONFIDENTIAL//REL JMAC//ORIG JMAC' ]);
}

sub u2_row
{
	my ($report) = @_;
	my ($event, $leaf) = @$report{qw(event leaf)};
	my $exact = chance(0.75);
	my ($lon, $lat) = offset_point(@$event{qw(lon lat)},
		($exact ? 0.02 : 0.8) * rnd(), between(0, 359));
	my $before = between(0, 40);
	my $label = weighted(
		[ 50, 'CONFIDENTIAL//REL U2//ORIG U2' ],
		[ 28, 'CONFIDENTIAL//REL JMAC,U2//ORIG U2' ],
		[ 10, 'UNCLASSIFIED//REL ALL//ORIG U2' ],
		[ 12, 'STRICTLY CONFIDENTIAL//OPS//REL U2//ORIG U2' ]);
	my $grade = grade();
	return {
		event_id => $report->{key},
		from_dtg => zulu($event->{minute} - $before),
		to_dtg => zulu($event->{minute} + between(20, 150)),
		lon => sprintf('%.6f', $lon), lat => sprintf('%.6f', $lat),
		radius_m => $exact ? 50 : 1000,
		evt_type => $leaf->{word}{u2}, poc => $leaf->{poc} eq 'yes' ? 1 : 0,
		title => $report->{title}, text => $report->{narrative},
		actor => english($event->{actor}), versus => english($event->{actor2}),
		class => perp_class($event), intent => $leaf->{agency},
		tgt => $leaf->{target}, means => means_of($leaf),
		kia => $report->{killed}, wia => $report->{injured},
		cap => $report->{taken},
		rel => substr($grade, 0, 1), cred => substr($grade, 1, 1),
		reported => zulu($report->{reported}), label => $label
	};
}

my %french_class = (
	state_force => 'forces de défense', armed_group => 'groupe armé',
	communal => 'communauté', criminal => 'bandits', crowd => 'foule',
	individual => 'individu', un => 'ONU', unidentified => 'hommes armés inconnus',
	none => 'aucun', unknown => '');
my %french_agency = (
	deliberate => 'délibéré', incidental => 'incident', accidental => 'accidentel',
	natural => 'naturel', unknown => '');
my %french_target = (
	civilian => 'civils', un_staff => 'ONU', aid => 'humanitaires',
	state_force => 'forces de défense', armed_group => 'groupe armé',
	communal => 'communauté', protected_site => 'site protégé',
	property => 'biens', none => 'aucune');

sub s2_row
{
	my ($report) = @_;
	my ($event, $leaf) = @$report{qw(event leaf)};
	my $digits = weighted([ 40, 5 ], [ 35, 4 ], [ 15, 3 ], [ 10, 2 ]);
	my ($zone, $east, $north) = $report->{mgrs} =~ /^(\d+[A-Z]{3})(\d{5})(\d{5})$/
	  or die "grid reference \"$report->{mgrs}\"\n";
	my $blank = chance(0.3) ? ' ' : '';
	my $known = chance(0.88);
	return {
		'N°' => $report->{key},
		'Date' => stamp('%d/%m/%Y', $event->{minute}),
		'Heure' => chance(0.15) ? '' : stamp('%Hh%M', $event->{minute}),
		'MGRS' => join($blank, substr($zone, 0, 3), substr($zone, 3),
			substr($east, 0, $digits), substr($north, 0, $digits)),
		'Localité' => $event->{place}{name},
		'Nature' => $leaf->{word}{s2},
		'PdC' => $leaf->{poc} eq 'yes' ? 'oui' : 'non',
		'Objet' => $report->{title}, 'Compte rendu' => $report->{narrative},
		'Auteur' => french($event->{actor}),
		'Adversaire' => french($event->{actor2}),
		'Catégorie' => $known ? $french_class{ perp_class($event) } : '',
		'Intention' => $known ? $french_agency{ $leaf->{agency} } : '',
		'Cible' => $french_target{ $leaf->{target} },
		'Tués' => $report->{killed}, 'Blessés' => $report->{injured},
		'Enlevés' => $report->{taken},
		'Cotation' => grade(), 'Rédigé le' => stamp('%d/%m/%Y', $report->{reported}),
		'Diffusion' => weighted(
			[ 70, '' ],
			[ 18, 'NON CLASSIFIÉ//REL ALL//ORIG S2-BAT3' ],
			[ 12, 'CONFIDENTIEL//REL JMAC,S2-BAT3//ORIG S2-BAT3' ])
	};
}

sub unpol_row
{
	my ($report) = @_;
	my ($event, $leaf) = @$report{qw(event leaf)};
	my $place = $event->{place};
	my $part = split_count($report->{killed}, $event->{by}{killed});
	my $precision = chance(0.35) ? 'point' : $event->{km} <= 3 ? 'town' : 'district';
	my ($lon, $lat) =
	  $precision eq 'point'
	  ? offset_point(@$event{qw(lon lat)}, 0.05 * rnd(), between(0, 359))
	  : @$place{qw(lon lat)};
	return {
		id => $report->{key},
		opened => stamp('%d.%m.%Y', $event->{minute}),
		station => $place->{name}, offence => $leaf->{word}{unpol},
		headline => $report->{title}, summary => $report->{narrative},
		lat => sprintf('%.5f', $lat), lon => sprintf('%.5f', $lon),
		precision => $precision,
		suspect => english($event->{actor}), suspect_class => perp_class($event),
		intent => $leaf->{agency}, victim => $leaf->{target},
		weapon => means_of($leaf),
		dead_f => $part->{woman}, dead_m => $part->{man},
		dead_minor => $part->{girl} + $part->{boy}, dead_other => $part->{unknown},
		hurt => $report->{injured}, taken => $report->{taken},
		grade => grade(), filed => stamp('%d.%m.%Y', $report->{reported}),
		marking => weighted(
			[ 60, '' ],
			[ 30, 'UNCLASSIFIED//REL ALL//ORIG UNPOL' ],
			[ 10, 'CONFIDENTIAL//REL UNPOL//ORIG UNPOL' ]),
		lang => $report->{lang}
	};
}

# The figures of a human-rights case, all by sex and age.
sub hrd_figures
{
	my ($report, $event) = @_;
	my $killed = $report->{killed};
	my $doubt = $killed > 1 && chance(0.3) ? 1 : 0;
	my %row = (
		killed_low => $killed - $doubt, killed => $killed,
		killed_high => $killed + 2 * $doubt);
	for my $what (qw(killed injured taken))
	{
		my $part = split_count($report->{$what}, $event->{by}{$what});
		$row{$what} = $report->{$what};
		next if $report->{$what} == 0;
		$row{"${what}_$_"} = $part->{$_} for keys %$part;
	}
	if ($event->{survivors})
	{
		$row{survivors} = $event->{survivors};
		$row{"survivors_$_"} = $event->{by}{survivors}{$_}
		  for qw(woman man girl boy);
	}
	return %row;
}

sub hrd_row
{
	my ($report) = @_;
	my ($event, $leaf) = @$report{qw(event leaf)};
	my $place = $event->{place};
	my $span = weighted([ 60, 0 ], [ 25, 2 ], [ 15, 6 ]);
	my $first = $event->{minute} - 1440 * between(0, $span);
	$first = 0 if $first < 0;
	my $sexual = $leaf->{leaf} eq 'CIV-CRS';
	my $child = $leaf->{leaf} =~ /^CHD/;
	return {
		case_no => $report->{key},
		date_from => stamp('%Y-%m-%d', $first),
		date_to => stamp('%Y-%m-%d', $first + 1440 * $span),
		place => $place->{name}, prefecture => $place->{prefecture},
		lon => $place->{lon}, lat => $place->{lat},
		radius_m => $event->{km} <= 5 ? 5000 : 15000,
		violation => $leaf->{word}{hrd},
		title => $report->{title}, narrative => $report->{narrative},
		perpetrator => english($event->{actor}),
		second_side => english($event->{actor2}),
		perp_class => perp_class($event), agency => $leaf->{agency},
		victim => $leaf->{target}, means => means_of($leaf),
		hrd_figures($report, $event),
		displaced => blank_zero($event->{displaced}),
		consent => $sexual ? 'recorded' : '', link => $sexual ? 'perpetrator' : '',
		grade => grade(), received => stamp('%Y-%m-%d', $report->{reported}),
		label => $sexual ? 'STRICTLY CONFIDENTIAL//CRSV//REL HRD//ORIG HRD'
		: $child ? 'CONFIDENTIAL//CHILD//REL HRD,JMAC//ORIG HRD'
		: weighted(
			[ 60, '' ],
			[ 25, 'CONFIDENTIAL//REL HRD,JMAC//ORIG HRD' ],
			[ 15, 'UNCLASSIFIED//REL ALL//ORIG HRD' ]),
		lang => $report->{lang}
	};
}

# All rows of one unit's file, in order.
sub unit_rows
{
	my ($unit) = @_;
	my %writer = (
		jmac => \&jmac_row, u2 => \&u2_row, s2 => \&s2_row,
		unpol => \&unpol_row, hrd => \&hrd_row);
	my @rows;
	for my $report (@{ $demo{reports}{$unit} })
	{
		my $row = $writer{$unit}->($report);
		%$row = (%$row, %{ $report->{over} }) if $report->{over};
		$row->{' report'} = $report;
		push @rows, $row;
	}
	return @rows;
}

# --- reports that are hard to judge -----------------------------------------------------

my %nothing_known = (
	jmac => {
		map { $_ => '' } 'Perpetrator', 'Against', 'Class', 'Agency', 'Target',
		'Means', 'Women', 'Men', 'Girls', 'Boys', 'Sex unknown', 'Summary',
		'Injured', 'Taken', 'Displaced', 'Handling' },
	s2 => {
		map { $_ => '' } 'Auteur', 'Adversaire', 'Catégorie', 'Intention', 'Cible',
		'Compte rendu', 'Blessés', 'Enlevés', 'Diffusion' },
	u2 => {
		(map { $_ => '' } qw(actor versus class intent tgt means text wia cap)),
		label => 'CONFIDENTIAL//REL JMAC,U2//ORIG U2' });

# The rows that a checker must get right; what and expect go to tricky.csv.
sub tricky_list
{
	my @poc = (Category => 'PoC', PoC => 'Yes');
	return (
		[ 'HAZ-ROA', 'Pont-Kélor', 71, 2, 'jmac', 'car crash filed as PoC, nothing else filled in', 'C24 HAZ-ROA',
			{ %{ $nothing_known{jmac} }, @poc, Title => 'Véhicule renversé, 2 morts', Lang => 'fr' }, 'unpol' ],
		[ 'HAZ-WAT', 'Basse-Lémine', 232, 2, 'jmac', 'drowning filed as PoC, nothing else filled in', 'C24 HAZ-WAT',
			{ %{ $nothing_known{jmac} }, @poc, Title => 'Noyade, 2 morts', Lang => 'fr' } ],
		[ 'HAZ-ROA', 'Tolmirane', 118, 2, 's2', 'car crash filed as PoC, nothing else filled in', 'C24 HAZ-ROA',
			{ %{ $nothing_known{s2} }, Nature => 'PdC', PdC => 'oui', Objet => 'Camion renversé, 2 morts' } ],
		[ 'HAZ-WAT', 'Gué-des-Mils', 248, 2, 's2', 'drowning filed as PoC, nothing else filled in', 'C24 HAZ-WAT',
			{ %{ $nothing_known{s2} }, Nature => 'PdC', PdC => 'oui', Objet => 'Pirogue chavirée, 2 noyés' } ],
		[ 'HAZ-ROA', 'Bantouvra', 312, 2, 'u2', 'car crash filed as PoC, nothing else filled in', 'C24 HAZ-ROA',
			{ %{ $nothing_known{u2} }, evt_type => 'POC', poc => 1, title => 'Vehicle overturned, 2 dead' } ],
		[ 'CIV-KIL', 'Mission-Verlaine', 190, 3, 'jmac', 'drowned while fleeing attackers', 'no hazard',
			{ Category => 'Killing of civilians', PoC => 'Yes', Title => 'Three drowned while fleeing',
				Summary => 'Three people drowned in the river while fleeing attackers of the Seven Rivers Front.',
				Agency => 'incidental', Class => 'armed_group', Perpetrator => 'Seven Rivers Front (FSR)',
				Target => 'civilian', Means => 'water', Lang => 'en' } ],
		[ 'ARM-AIR', 'Dar-Ouména', 95, 6, 'u2', 'air strike on a wedding, coded accidental', 'C02 incidental, never HAZ',
			{ evt_type => 'ARM-AIR', poc => 1, title => 'Aircraft bombs wedding by mistake',
				text => 'Two bombs fell on a wedding party taken for a gathering of fighters.',
				actor => 'Ovandian armed forces (FAOV)', versus => '', class => 'state_force',
				intent => 'accidental', tgt => 'civilian', means => 'air' } ],
		[ 'HAZ-ROA', 'Kessaroua', 140, 1, 'jmac', 'mission car kills a pedestrian, filed as PoC', 'C02 HAZ-ROA',
			{ @poc, Title => 'Pedestrian killed by mission vehicle',
				Summary => 'A mission vehicle hit a pedestrian on the market road; she died on the spot.',
				Agency => 'accidental', Class => 'un', Perpetrator => 'a mission unit',
				Target => 'civilian', Means => 'vehicle', Lang => 'en' } ],
		[ 'CIV-KIL', 'Kessaroua', 276, 4, 'u2', 'lorry driven into a crowd', 'no hazard',
			{ evt_type => 'KILL CIV', poc => 1, title => 'Lorry driven into crowd',
				text => 'A lorry was driven into people who queued for bread; the driver ran off.',
				actor => 'persons unknown', versus => '', class => 'unidentified',
				intent => 'deliberate', tgt => 'civilian', means => 'vehicle' } ],
		[ 'ARM-AMB', 'Drimoussa', 33, 1, 's2', 'convoy crashes after an ambush', 'no hazard',
			{ Nature => 'Embuscade', PdC => 'non', Objet => 'Accident de convoi après embuscade',
				'Compte rendu' => 'Pris sous le feu, un camion du convoi s\'est renversé en tentant de sortir de l\'embuscade.',
				'Catégorie' => 'groupe armé', Intention => 'délibéré', Cible => 'forces de défense' } ],
		[ 'CIV-THR', 'Souk-el-Ghanar', 165, 0, 'jmac', 'attack announced for Friday, filed on Monday', 'no C13',
			{ Category => 'Threat to a community', PoC => 'Yes', Title => 'Attack announced for Friday',
				Summary => 'Leaflets announce an attack on the market of Souk-el-Ghanar for Friday.',
				Date => stamp('%Y-%m-%d', 167 * 1440), Until => '', 'Date prec' => 1, Reported => stamp('%Y-%m-%d', 163 * 1440),
				Agency => 'deliberate', Class => 'armed_group', Target => 'civilian', Lang => 'en' } ],
		[ 'CRM-HOM', 'Lindouane', 201, 1, 'jmac', 'a man kills his wife, filed as PoC', 'C25 CRM-HOM',
			{ Category => 'Killing of civilians', PoC => 'Yes', Title => 'Man kills his wife',
				Summary => 'A trader killed his wife with a knife after a quarrel at home and gave himself up.',
				Agency => 'deliberate', Class => 'individual', Perpetrator => 'one known individual',
				Target => 'civilian', Means => 'blade', Lang => 'en' } ],
		[ 'CIV-KIL', 'Sarkemine', 66, 3, 'hrd', 'farmers killed in crossfire', 'no contradiction',
			{ violation => 'Arbitrary killing', title => 'Farmers killed in crossfire',
				narrative => 'Three farmers were hit in their field when the armed forces and the Eastern Ovandian Alliance exchanged fire.',
				perpetrator => 'Ovandian armed forces (FAOV)', second_side => 'Eastern Ovandian Alliance (ALVO)',
				perp_class => 'state_force', agency => 'incidental', victim => 'civilian', lang => 'en' } ],
		[ 'HAZ-AIR', 'Orzébou', 222, 0, 'jmac', 'mission helicopter down, cause unknown', 'HAZ-AIR, to be reviewed',
			{ Category => 'HAZ-AIR', PoC => 'No', Title => 'Mission helicopter down',
				Summary => 'A mission helicopter came down west of Orzébou; cause not known, crew safe.',
				Agency => 'unknown', Class => 'unknown', Perpetrator => '', Target => 'un_asset',
				Means => 'air_vehicle', Lang => 'en' } ],
		[ 'CRD-FRC', 'Gondéra', 262, 1, 'hrd', 'peacekeepers fire on a crowd', 'label floor',
			{ violation => 'Excessive use of force', title => 'Mission guards fire on a crowd',
				narrative => 'Guards of a mission unit fired over and then into a crowd at the gate of their camp; one man died.',
				perpetrator => 'a mission unit', second_side => '', perp_class => 'un',
				agency => 'deliberate', victim => 'civilian', label => 'STRICTLY CONFIDENTIAL//REL HRD//ORIG HRD', lang => 'en' } ],
		[ 'UNM-DET', 'Kessaroua', 128, 0, 'unpol', 'police hold two of the mission\'s staff for a night', 'UNM-DET',
			{ offence => 512, headline => 'Two mission staff held overnight', summary => 'Two drivers of the mission were held at the station overnight over a permit.',
				suspect => 'Ovandian gendarmerie (GNO)', suspect_class => 'state_force', intent => 'deliberate',
				victim => 'un_staff', weapon => '', taken => 2, lang => 'en' } ]);
}

# Adds them to the year, each an event of its own.
sub add_tricky_reports
{
	$demo{leaf}{$_} //= { leaf => $_, actor => 'none', agency => 'unknown',
		target => 'civilian', means => 'none', poc => 'no', killed => '0-0',
		word => {} } for qw(ARM-AIR HAZ-AIR UNM-DET);
	my $number = @{ $demo{events} };
	for (tricky_list())
	{
		my ($leaf, $town, $day, $killed, $unit, $what, $expect, $over, $also) = @$_;
		my $place = $demo{place}{$town};
		my $event = {
			number => ++$number, leaf => $demo{leaf}{$leaf}, place => $place,
			km => 1.2, bearing => between(0, 359),
			minute => $day * 1440 + between(6 * 60, 20 * 60),
			actor => '', actor2 => '', killed => $killed, injured => 0, taken => 0,
			survivors => 0, displaced => 0, head => 0, road => 'Kessaroua',
			by => { map { $_ => by_sex_and_age($_ eq 'killed' ? $killed : 0) }
				  qw(killed injured taken survivors) } };
		@$event{qw(lon lat)} = offset_point(@$place{qw(lon lat)}, 1.2, $event->{bearing});
		my $report = plain_report($unit, $event);
		$report->{over} = $over;
		$report->{tricky} = { what => $what, expect => $expect };
		push @{ $demo{events} }, $event;
		push @{ $demo{reports}{$unit} }, $report;
		push @{ $demo{reports}{$also} }, new_report($also, $event) if $also;
	}
	return;
}

# A report whose words come from elsewhere.
sub plain_report
{
	my ($unit, $event) = @_;
	my ($from, $to) = @{ $demo{lag}{$unit} };
	return {
		unit => $unit, event => $event, leaf => $event->{leaf},
		lang => 'en', title => '', narrative => '',
		killed => $event->{killed}, injured => 0, taken => 0,
		reported => $event->{minute} + between($from * 60, $to * 60) };
}

# --- what is wrong on purpose --------------------------------------------------------------

# Each fault: how many rows, its name, what a load should do, and how it is made.
my %faults = (
	jmac => [
		[ 4, 'marked SECRET', 'quarantine: national marking', sub { $_[0]{Handling} = 'SECRET' } ],
		[ 1, 'marked NATO SECRET', 'quarantine: national marking', sub { $_[0]{Handling} = 'NATO SECRET//REL U2' } ],
		[ 3, 'impossible date', 'quarantine: bad date', sub { @{ $_[0] }{qw(Date Until)} = ('2022-02-30', '') } ],
		[ 2, 'impossible month', 'quarantine: bad date', sub { $_[0]{Date} =~ s/-\d\d-/-13-/ } ],
		[ 2, 'no date', 'quarantine: no date', sub { @{ $_[0] }{qw(Date Until)} = ('', '') } ],
		[ 5, 'latitude and longitude swapped', 'finding: C14', \&swap_jmac ],
		[ 3, 'no place', 'quarantine: no place', sub { @{ $_[0] }{qw(Lat Long)} = ('', '') } ],
		[ 1, 'place 0, 0', 'quarantine: no place', sub { @{ $_[0] }{qw(Lat Long)} = ('0', '0') } ],
		[ 3, 'key used twice', 'quarantine: duplicate key', \&copy_key ],
		[ 3, 'reported before it happened', 'finding: C13', sub { $_[0]{Reported} = '2021-12-20' } ],
		[ 3, 'parts exceed the total', 'finding: C08', sub { @{ $_[0] }{qw(Killed Women Men)} = (3, 2, 4) } ],
		[ 2, 'unit that does not exist', 'quarantine: label not yours to give',
			sub { $_[0]{Handling} = 'CONFIDENTIAL//REL JMAC,G9//ORIG JMAC' } ] ],
	u2 => [
		[ 3, 'latitude and longitude swapped', 'finding: C14', sub { @{ $_[0] }{qw(lon lat)} = @{ $_[0] }{qw(lat lon)} } ],
		[ 2, 'no place', 'quarantine: no place', sub { @{ $_[0] }{qw(lon lat)} = ('', '') } ],
		[ 1, 'key used twice', 'quarantine: duplicate key', \&copy_key ],
		[ 2, 'label cut short', 'quarantine: bad label', sub { $_[0]{label} = 'CONFIDENTIAL//REL' } ],
		[ 2, 'ends before it begins', 'quarantine: bad date', sub { @{ $_[0] }{qw(from_dtg to_dtg)} = @{ $_[0] }{qw(to_dtg from_dtg)} } ] ],
	s2 => [
		[ 3, 'grid reference with letters O and I', 'quarantine: bad mgrs', sub { $_[0]{MGRS} = '33N OI 4512 8830' } ],
		[ 3, 'grid reference with an odd number of digits', 'quarantine: bad mgrs', sub { $_[0]{MGRS} = '33NWD96674' } ],
		[ 2, 'grid reference in the wrong band', 'quarantine: bad mgrs', sub { $_[0]{MGRS} =~ s/^33N/33P/ } ],
		[ 3, 'no place', 'quarantine: no place', sub { $_[0]{MGRS} = '' } ],
		[ 3, 'impossible date', 'quarantine: bad date', sub { $_[0]{Date} = '30/02/2022' } ],
		[ 2, 'key used twice', 'quarantine: duplicate key', \&copy_key ],
		[ 1, 'marked SECRET DÉFENSE', 'quarantine: national marking', sub { $_[0]{Diffusion} = 'SECRET DÉFENSE' } ] ],
	unpol => [
		[ 2, 'impossible date', 'quarantine: bad date', sub { $_[0]{opened} = '31.11.2022' } ],
		[ 3, 'latitude and longitude swapped', 'finding: C14', sub { @{ $_[0] }{qw(lon lat)} = @{ $_[0] }{qw(lat lon)} } ],
		[ 2, 'no place', 'quarantine: no place', sub { @{ $_[0] }{qw(lon lat)} = ('', '') } ],
		[ 1, 'key used twice', 'quarantine: duplicate key', \&copy_key ],
		[ 1, 'marked SECRET', 'quarantine: national marking', sub { $_[0]{marking} = 'SECRET' } ] ],
	hrd => [
		[ 2, 'no place', 'quarantine: no place', sub { @{ $_[0] }{qw(lon lat)} = ('', '') } ],
		[ 1, 'ends before it begins', 'quarantine: bad date', sub { $_[0]{date_to} = '2021-12-31' } ],
		[ 2, 'low above high', 'finding: C08', sub { @{ $_[0] }{qw(killed_low killed_high)} = (9, 1) } ],
		[ 2, 'received before it happened', 'finding: C13', sub { $_[0]{received} = '2021-11-30' } ] ]);

sub swap_jmac
{
	my ($row) = @_;
	@$row{qw(Lat Long)} = @$row{qw(Long Lat)};
	return;
}

# Gives a row the key of the row above it, which then has to wait as well.
sub copy_key
{
	my ($row, $above, $column) = @_;
	$row->{$column} = $above->{$column};
	$row->{' report'}{key} = $above->{$column};
	return $above;
}

# Damages rows of a unit's file and writes down which and how. Threats and
# announced gatherings are left alone: they may lie in the future.
sub spoil
{
	my ($unit, $rows) = @_;
	my $column = $key_column{$unit};
	my %spoilt;
	for my $fault (@{ $faults{$unit} })
	{
		my ($times, $name, $expect, $damage) = @$fault;
		for (1 .. $times)
		{
			my $at;
			do { $at = between(1, $#$rows) }
			  while $spoilt{$at} || $spoilt{ $at - 1 }
			  || $rows->[$at]{' report'}{leaf}{leaf} =~ /^(CIV-THR|CRD-PRO)$/
			  || grep { $rows->[$_]{' report'}{tricky} } $at - 1, $at;
			my $above = $damage->($rows->[$at], $rows->[ $at - 1 ], $column);
			my @hit = $name eq 'key used twice' ? ($at - 1, $at) : ($at);
			$spoilt{$_} = 1 for @hit;
			push @{ $demo{faults} },
			  map { { feed => $unit, row => $_ + 1, key => $rows->[$_]{$column},
					fault => $name, expect => $expect } } @hit;
		}
	}
	return;
}

1;
