#!/usr/bin/perl
# test/lint/sql_rooms.pl: names in SQL parts that belong to a room above.
#
# Dependency runs one way, in SQL as in C.  A name counts as a room's if a part of
# that room creates it; one that several rooms create is the lowest one's.  What
# stands in comments, in COMMENT ON, in messages and in the remedies of check_protection()
# does not count: words may point anywhere.

use strict;
use warnings;

my %floor = (core => 0, keys => 1, label => 1, incident => 1, audit => 2, reader => 3,
	protect => 4, sharing => 5, source => 6, register => 7);
my (%room_of, %text_of);

# Arrows that run up and are still to be turned round; nothing may be added.
my %known = map { $_ => 1 } (
	'src/audit/audit.sql pkint.calling_role', 'src/audit/audit.sql pkint.require_duty',
	'src/protect/check.sql pkint.rows_of', 'src/protect/children.sql pkint.access_grant_row',
	'src/protect/protect.sql pkint.become_owner', 'src/reader/people.sql pkint.access_grant');

foreach my $file (glob 'src/*/*.sql')
{
	my ($room) = $file =~ m{^src/(\w+)/} or next;
	local $/;
	open my $in, '<', $file or die "$file: $!";
	my $sql = <$in>;
	close $in;
	while ($sql =~ /^CREATE (?:FUNCTION|PROCEDURE|AGGREGATE|TABLE|VIEW|SEQUENCE|TYPE|DOMAIN) pkint\.(\w+)/mg)
	{
		$room_of{$1} = $room
			if !exists $room_of{$1} || $floor{ $room_of{$1} } > $floor{$room};
	}
	$sql =~ s/^COMMENT ON .*?;$//msg;
	$sql =~ s/--[^\n]*//g;
	$sql =~ s/pkint\.say\('(?:[^']|'')*'/pkint.say(/g;
	$sql =~ s/'(?:[^']|'')*'(?=\s*(?:END)?\s*\)\s*::pkint\.hole)//g;
	$text_of{$file} = $sql;
}

foreach my $file (sort keys %text_of)
{
	my ($room) = $file =~ m{^src/(\w+)/};
	my %seen;
	while ($text_of{$file} =~ /\bpkint\.(\w+)/g)
	{
		my $owner = $room_of{$1} // next;
		next if $floor{$owner} <= $floor{$room} || $seen{$1}++ || delete $known{"$file pkint.$1"};
		print "$file uses pkint.$1 of $owner\n";
	}
}
print "$_ is no longer used: take it off the list\n" foreach sort keys %known;
