#!/usr/bin/perl
# test/bench/figures.pl: medians, spread and verdict of paired times.
#
#	figures.pl ratio|difference BAR FILE
#
# FILE has a pair of milliseconds a line, the peer's and ours.  Prints
# "peer median|own median|figure [interval]|spread|verdict".  The figure is the
# median of the pairs' ratios (differences); the interval runs between two of
# them in order, so far inside that it still holds the true median with 95 %
# (that many coins fall that unevenly in 5 % of cases); with fewer than six pairs it is all of them.

use strict;
use warnings;

my ($kind, $bar, $file) = @ARGV;
open my $in, '<', $file or die "$file: $!\n";
my (@peer, @own, @pair);
while (<$in>)
{
	my ($p, $o) = split;
	push @peer, $p;
	push @own, $o;
	push @pair, $kind eq 'ratio' ? $o / ($p > 0 ? $p : 0.001) : $o - $p;
}
@pair or die "no pairs\n";

sub median
{
	my @v = sort { $a <=> $b } @_;
	return ($v[ int($#v / 2) ] + $v[ int(($#v + 1) / 2) ]) / 2;
}

# half of the middle half, as a share of the median
sub spread
{
	my @v = sort { $a <=> $b } @_;
	my $m = median(@v);
	return $m > 0 ? 50 * ($v[ int(0.75 * $#v + 0.5) ] - $v[ int(0.25 * $#v + 0.5) ]) / $m : 0;
}

# the k-th from either end such that fewer than k of n coins fall one way in less than 2.5 %
sub ends
{
	my ($n) = @_;
	my ($below, $term, $k) = (0, 0.5**$n, 0);
	while ($k < $n / 2 && $below + $term <= 0.025)
	{
		$below += $term;
		$k++;
		$term *= ($n - $k + 1) / $k;
	}
	return $k > 0 ? $k : 1;
}

my @order = sort { $a <=> $b } @pair;
my $k = ends(scalar @order);
my ($low, $high, $middle) = ($order[ $k - 1 ], $order[ -$k ], median(@order));
my $verdict = $high <= $bar ? 'met' : $low > $bar ? sprintf('missed by %.2f', $middle - $bar) : 'open: the bar lies within the noise';
# a time has an interval in milliseconds; ratios near nothing want their digits
my $digits = $middle < 0.1 ? '%.4f' : '%.2f';
printf "%.2f|%.2f|$digits [$digits–$digits]|±%.0f/%.0f %%, n=%d|%s\n", median(@peer), median(@own), $middle, $low, $high,
	spread(@peer), spread(@own), scalar @pair, $verdict;
