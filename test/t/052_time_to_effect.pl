# A revocation binds every session: fifty connections read without pause while
# access flips, and no statement that began after the revoker's COMMIT had returned
# brings a row (T23, P6).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('effect', conf => "max_connections = 80\n");
small_mission($node);
my $program = $node->basedir . '/effect';
my $source = "$FindBin::RealBin/../effect/effect.c";
my ($include) = map { chomp; $_ } `pg_config --includedir 2>/dev/null`;
my $built = system("gcc -O2 -I" . ($include || '/usr/include/postgresql') . " -o $program $source -lpq -lpthread") == 0;
plan skip_all => 'libpq\'s headers are not installed' unless $built;

my $reader = $node->connstr('mission') . ' user=boris options=\'-c client_min_messages=warning\'';
my $officer = $node->connstr('mission') . ' user=officer';
my ($out, $err) = run_command([ $program, 50, $ENV{FULL} ? 200 : 15, $reader, $officer, 'boris' ]);
note $out, $err;
like($out, qr/^violations 0$/m, 'no statement that began after the revocation brought a row');
my ($answers) = $out =~ /answers with rows (\d+)/;
cmp_ok($answers // 0, '>', 100, 'and the readers did read in between');
my ($refusals) = $out =~ /refusals (\d+)/;
cmp_ok($refusals // 0, '>', 0, 'some statements under way were refused');
is($node->safe_psql('mission', 'SELECT pkint.load_record() >= 0; SELECT count(*) FROM pkint.verify_audit()'), "t\n0", 'the record of it is whole');
done_testing();
