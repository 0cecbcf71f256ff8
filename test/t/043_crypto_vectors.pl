# Published vectors, and one of RFC 8032, through the project's own code path.

use strict;
use warnings;
use FindBin;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = ($ENV{PKINT_DATA} // '') . '/crypto';
plan skip_all => 'the vectors are not here (PKINT_DATA)' unless -f "$data/hmac_sha256_test.json";

my $src = "$FindBin::RealBin/../..";
my $program = PostgreSQL::Test::Utils::tempdir() . '/vectors';
is(system('cc', '-O1', "-I$src", '-o', $program, "$src/test/crypto/vectors.c", "$src/src/keys/crypto.c", '-lcrypto'),
	0, 'the program is built from src/keys/crypto.c');

# Send lines, get as many answers.
sub ask
{
	my ($in, $out) = map { PostgreSQL::Test::Utils::tempdir() . "/$_" } ('in', 'out');
	open(my $fh, '>', $in) or die;
	print $fh "$_\n" for @_;
	close($fh);
	system("'$program' < '$in' > '$out'") == 0 or die "vectors: $?";
	return split(/\n/, PostgreSQL::Test::Utils::slurp_file($out));
}

sub hex_or_none { return length($_[0]) ? $_[0] : '-'; }

# Every test of a file that our use of the algorithm covers: group and test.
sub vectors
{
	my ($name, $wanted) = @_;
	my $file = decode_json(PostgreSQL::Test::Utils::slurp_file("$data/$name"));
	my @tests;
	for my $group (@{ $file->{testGroups} })
	{
		push @tests, map { [ $group, $_ ] } grep { $wanted->($group, $_) } @{ $group->{tests} };
	}
	return @tests;
}

my @hmac = vectors('hmac_sha256_test.json', sub { 1 });
my @answers = ask(map { "hmac $_->[1]{key} " . hex_or_none($_->[1]{msg}) } @hmac);
my @wrong;
for my $i (0 .. $#hmac)
{
	my ($group, $test) = @{ $hmac[$i] };
	my $same = substr($answers[$i], 0, $group->{tagSize} / 4) eq $test->{tag};
	push @wrong, $test->{tcId} if $same != ($test->{result} ne 'invalid');
}
is(scalar(@hmac), 174, 'HMAC-SHA-256: all the vectors');
is("@wrong", '', 'HMAC-SHA-256: each as published');

my @hkdf = vectors('hkdf_sha256_test.json', sub { 1 });
@answers = ask(map { my $t = $_->[1]; 'hkdf ' . join(' ', map { hex_or_none($t->{$_}) } qw(ikm salt info)) . " $t->{size}" } @hkdf);
@wrong = grep { $hkdf[$_][1]{result} eq 'invalid' ? $answers[$_] ne 'refused' : $answers[$_] ne hex_or_none($hkdf[$_][1]{okm}) } 0 .. $#hkdf;
is(scalar(@hkdf), 86, 'HKDF-SHA-256: all the vectors');
is("@wrong", '', 'HKDF-SHA-256: each as published');

# AES-256-GCM as the vault uses it: nonces of 96 bits, tags of 128
my @gcm = vectors('aes_gcm_test.json', sub { $_[0]{keySize} == 256 && $_[0]{ivSize} == 96 && $_[0]{tagSize} == 128 });
@answers = ask(map { my $t = $_->[1]; 'open ' . join(' ', map { hex_or_none($t->{$_}) } qw(key iv aad ct tag)) } @gcm);
@wrong = grep { $answers[$_] ne ($gcm[$_][1]{result} eq 'invalid' ? 'refused' : hex_or_none($gcm[$_][1]{msg})) } 0 .. $#gcm;
cmp_ok(scalar(@gcm), '>', 50, 'AES-256-GCM: the vectors for our nonces and tags');
is("@wrong", '', 'AES-256-GCM: each opens or is refused as published');
my @valid = grep { $_->[1]{result} eq 'valid' } @gcm;
@answers = ask(map { my $t = $_->[1]; 'seal ' . join(' ', map { hex_or_none($t->{$_}) } qw(key iv aad msg)) } @valid);
@wrong = grep { $answers[$_] ne hex_or_none($valid[$_][1]{ct}) . " $valid[$_][1]{tag}" } 0 .. $#valid;
is("@wrong", '', 'AES-256-GCM: each seals as published');

# Ed25519: RFC 8032, section 7.1, test 2, and with a bit changed
my $public = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
my $signature = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
is(join(' ', ask("verify $public $signature 72", "verify $public $signature 73")), 'good refused', 'Ed25519');
done_testing();
