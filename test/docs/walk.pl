#!/usr/bin/perl
# test/docs/walk.pl: walk through a page of docs as its reader would.
#
#   walk.pl [--write] PAGE ...
#
# A block marked ```psql is a transcript: a line "name=> statement" is typed by
# that person into a psql that stays open through the page, up to a line that ends
# in a semicolon (or a backslash command); "$ command" is typed into a shell; what
# follows is what came back. Without --write the answers are compared, dates and
# the width of columns apart, and a TAP line is printed for each statement; with
# it they are put into the page. Pages are walked one after another in one server.

use strict;
use warnings;
use IPC::Open2;

my $write = @ARGV && $ARGV[0] eq '--write' ? shift : 0;
my %session;
my %number;		# what the page calls a request or an order: its number today
my $n = 0;

# What differs from day to day and from machine to machine, decimals too, is not compared.
sub plain
{
	my ($text) = @_;
	$text =~ s/\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d(?::\d\d)?)?)?/DATE/g;
	$text =~ s/\b\d\d:\d\d:\d\d(?:\.\d+)?\b/TIME/g;
	$text =~ s/\b[0-9a-f]{16,}\b/HEX/g;
	$text =~ s/(\d\.\d)\d{2,}/$1/g;
	$text =~ s/[-+]{3,}/---/g;
	$text =~ s/[ \t]+/ /g;
	$text =~ s/ +$//mg;
	$text =~ s/^ +//mg;
	$text =~ s/\s+$//;
	return $text;
}

# Read an answer up to the mark.
sub answer
{
	my ($out, $mark) = @_;
	my $text = '';
	while (defined(my $line = <$out>))
	{
		last if $line eq "$mark\n";
		$text .= $line;
	}
	$text =~ s/[ \t]+$//mg;
	$text =~ s/\s+$//;
	return $text eq '' ? '' : "$text\n";
}

# Type a statement into somebody's session, or a command into the shell.
sub type
{
	my ($who, $text) = @_;
	my $mark = '-- end of answer --';
	if (!$session{$who})
	{
		my ($out, $in);
		my $pid = $who eq '$'
		  ? open2($out, $in, 'bash', '-c', 'exec 2>&1; exec bash')
		  : open2($out, $in, 'bash', '-c', "exec 2>&1; exec psql -X -P pager=off -v SHOW_CONTEXT=never -U '$who' -d '$ENV{DOCS_DATABASE}'");
		select((select($in), $| = 1)[0]);
		$session{$who} = [ $in, $out, $pid ];
	}
	my ($in, $out) = @{ $session{$who} };
	print {$in} $who eq '$' ? "$text\necho '$mark'\n" : "$text\n\\echo $mark\n";
	return answer($out, $mark);
}

# End all sessions: the next page begins with fresh ones.
sub close_all
{
	for my $s (values %session)
	{
		close $s->[0];
		waitpid $s->[2], 0;
	}
	%session = ();
}

# Does a command go on: after a backslash, or within a here-document?
sub goes_on
{
	my ($text) = @_;
	return 1 if $text =~ /\\$/;
	return $text =~ /<<'?(\w+)\b/ && do { my $end = $1; $text !~ /^\Q$end\E$/m };
}

# One transcript: its statements with what came back.
sub walk_block
{
	my ($page, $block) = @_;
	my @lines = split /^/, $block;
	my $result = '';
	while (@lines)
	{
		my $line = shift @lines;
		if ($line !~ /^(?:([a-z_]+)=> |(\$) )(.*)$/)
		{
			$result .= $line;
			next;
		}
		my ($who, $text) = ($1 // $2, $3);
		my $typed = $line;
		while ($who eq '$' ? goes_on($text) : $text !~ /;\s*(--.*)?$/ && $text !~ /^\\/)
		{
			last unless @lines;
			my $more = shift @lines;
			$typed .= $more;
			chomp $more;
			$text .= "\n$more";
		}
		my $expected = '';
		$expected .= shift @lines while @lines && $lines[0] !~ /^(?:[a-z_]+=> |\$ )/;
		s/\b(\d+)\b(?=[,)])/$number{$1} \/\/ $1/ge for grep { /_access\(|_relabel\(|_share\(|_agreement\(/ } $text, $typed;
		my $got = type($who, $text);
		$number{$1} = $2 if $text =~ /AS (?:request|offer|share_order);$/ && "$expected\n$got" =~ /^ +(\d+)\n.*^ +(\d+)\n/ms;
		$expected =~ s/(?<=[ |])(\d+)(?= |\n)/$number{$1} \/\/ $1/ge if %number && $expected =~ /^ *(?:id|request|offer|share_order|kind)\b/m;
		# a blank line after an answer of more than one line
		$result .= $typed . $got . (@lines && $got =~ /\n./ ? "\n" : '');
		next if $write;
		$n++;
		my $name = (split /\n/, $text)[0];
		$name =~ s/#/no. /g;
		if (plain($got) eq plain($expected))
		{
			print "ok $n - $page: $name\n";
			next;
		}
		print "not ok $n - $page: $name\n";
		print "# the page says: $_\n" for split /\n/, $expected;
		print "# it answered:   $_\n" for split /\n/, $got;
	}
	return $result;
}

for my $page (@ARGV)
{
	open my $in, '<', $page or die "$page: $!";
	my $text = do { local $/; <$in> };
	close $in;
	my $short = $page =~ s,.*/,,r;
	$text =~ s/(^```psql\n)(.*?)(^```$)/$1 . walk_block($short, $2) . $3/gems;
	close_all();
	next unless $write;
	open my $out, '>', $page or die "$page: $!";
	print {$out} $text;
	close $out;
}
print "1..$n\n" unless $write;
