# The whole life of a source with everything logged, and errors forced at each
# step: no name and no key in logs, statistics views, WAL or files (T35, T30).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('silence');
$node->append_conf('postgresql.conf', q{
shared_preload_libraries = 'pg_stat_statements, auto_explain, pkint'
auto_explain.log_min_duration = -1
pg_stat_statements.track = 'all'
pkint.reveal_delay = 0
compute_query_id = on
track_activity_query_size = 4096
});
$node->restart;
$node->safe_psql('mission', q{SET client_min_messages = warning; CREATE EXTENSION pg_stat_statements; CREATE ROLE officer LOGIN;
	CREATE ROLE keeper LOGIN; CREATE ROLE second LOGIN; CREATE ROLE asker LOGIN;
	SELECT pkint.appoint('officer', 'security_officer');});
as_person($node, 'officer', q{INSERT INTO pkint.unit (code, name) VALUES ('JMAC', 'analysis');
	SELECT pkint.appoint('keeper', 'source_custodian', 'JMAC'), pkint.appoint('second', 'source_custodian', 'JMAC');
	SELECT pkint.assign('asker', 'JMAC');});


# from here on, everything is logged
$node->append_conf('postgresql.conf', q{
log_statement = 'all'
log_min_duration_statement = 0
log_min_messages = debug3
log_error_verbosity = verbose
log_parameter_max_length = -1
log_parameter_max_length_on_error = -1
debug_print_parse = on
debug_print_rewritten = on
debug_print_plan = on
log_duration = on
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
});
$node->reload;

# Each of these is a secret; none must be found anywhere afterwards.
my @secrets = ('Zephyrine', 'Kpodekon', 'Wellatdawn', 'Zakariasson', 'Meetingnote', 'Preparedname', 'Brokenname',
	'Wrongtype', 'Boundname', 'Caughtname', 'Copiedname');

sub try_as
{
	my ($person, $sql, %args) = @_;
	my ($rc, $out, $err) = $node->psql('mission', $sql, extra_params => [ '-U', $person, @{ $args{params} // [] } ]);
	return ($out // '') . ($err // '');
}

my $code = try_as('keeper', q{SELECT pkint.register_source('JMAC', '{"name": "Zephyrine Kpodekon", "contact": "Wellatdawn"}', true, false)});
like($code, qr/^JMAC:/, 'registered');
# rules, JSON, types, divisions: errors at every step
my @errors = (
	try_as('keeper', q{SELECT pkint.register_source('JMAC', '{"name": "Brokenname", "age": 3}', true, false)}),
	try_as('keeper', q{SELECT pkint.register_source('JMAC', '{"name": Brokenname}', true, false)}),
	try_as('keeper', q{SELECT pkint.register_source('JMAC', '{"name": "Brokenname"}', 'Wrongtype', false)}),
	try_as('keeper', q{SELECT pkint.register_source('JMAC', jsonb_build_object('name', 'Brokenname', 'x', ('Wrongtype' || n)::int), true, false) FROM generate_series(1, 2) n}),
	try_as('keeper', q{SELECT pkint.register_source('Wrongtype', '{"name": "Brokenname"}', true, false)}),
	try_as('asker', q{SELECT pkint.register_source('JMAC', '{"name": "Brokenname"}', true, false)}),
	try_as('keeper', q{PREPARE p AS SELECT pkint.register_source('JMAC', $1::jsonb, true, false); EXECUTE p('{"name": "Preparedname"}'); EXECUTE p('{"name": Preparedname}'); EXECUTE p(Preparedname);}),
	try_as('keeper', q{SELECT pkint.register_source('JMAC', '{"name": "Caughtname"}', true, false)::text::int}),
	try_as('keeper', q{DO $$ BEGIN PERFORM pkint.register_source('JMAC', '{"name": "Caughtname"}', true, false); RAISE EXCEPTION 'after'; END $$}),
	try_as('keeper', qq{SELECT pkint.correct_source('$code', '{"name": "Zephyrine Zakariasson", "contact": "Wellatdawn"}')}),
	try_as('keeper', qq~SELECT pkint.correct_source('$code', '{"name": "Zephyrine Zakariasson"')~),
	try_as('keeper', qq{SELECT pkint.source_meeting('$code', '2022-11-03', '{a,b}', 'Meetingnote')}),
	try_as('keeper', qq{SELECT pkint.source_meeting('$code', 'Wrongtype', '{a,b}', 'Meetingnote')}),
	try_as('keeper', qq{SELECT pkint.source_meeting('$code', '2022-11-03', '{a,b}', 'Meetingnote', payment => 3)}),
	try_as('keeper', q{SELECT pkint.redact('Zephyrine Zakariasson was seen', 'JMAC')}),
	try_as('keeper', q{SELECT pkint.redact('Zephyrine Zakariasson was seen', 'JMAC')::int}),
	try_as('keeper', q{SELECT pkint.register_source('JMAC', '{"name": "Boundname"}'::jsonb, true, nosuchcolumn)}),
);
# the extended protocol, with parameters bound, through pgbench
my $script = PostgreSQL::Test::Utils::tempdir() . '/bound.sql';
open(my $fh, '>', $script) or die;
print $fh q{\set n 1
SELECT pkint.register_source('JMAC', jsonb_build_object('name', :name::text, 'n', :n::int), true, false);
};
close($fh);
$node->command_ok([ 'pgbench', '-n', '-M', 'extended', '-t', '1', '-D', 'name=Boundname', '-U', 'keeper', '-f', $script, 'mission' ],
	'a name as a bound parameter');
my $shown = try_as('keeper', qq{SELECT pkint.source_contact('$code')});
like($shown, qr/Wellatdawn/, 'the handler reads the contact');
my $id = try_as('asker', qq{SELECT pkint.request_reveal('$code', 'threatened', emergency => true)});
try_as($_, "SELECT pkint.approve_reveal($id)") for ('keeper', 'second');
like(try_as('asker', "SELECT pkint.reveal($id) / 0"), qr/ERROR/, 'an error over a reveal');
$id = try_as('asker', qq{SELECT pkint.request_reveal('$code', 'threatened', emergency => true)});
try_as($_, "SELECT pkint.approve_reveal($id)") for ('keeper', 'second');
like(try_as('asker', "SELECT pkint.reveal($id)"), qr/Zakariasson/, 'revealed');

# what the keeper was told in errors repeats nothing
for my $secret (@secrets)
{
	my @told = grep { /ERROR/ && /$secret/i } map { (my $e = $_) =~ s/^LINE \d+:.*\n\s*\^.*$//mg; $e } @errors;
	# a literal that cannot be parsed or resolved is repeated by the parser: the named residue
	@told = grep { !/syntax error|does not exist/ } @told;
	is(scalar(@told), 0, "no error text says $secret") or diag(join("\n", @told));
}

my $activity = $node->safe_psql('mission', q{SELECT string_agg(query, E'\n') FROM pg_stat_activity});
my $statements = $node->safe_psql('mission', q{SELECT string_agg(query, E'\n') FROM pg_stat_statements});
try_as('keeper', qq{SELECT pkint.forget_source('$code', 'done')});
$node->safe_psql('postgres', 'CHECKPOINT');
my $dump = `pg_dump -d "@{[ $node->connstr('mission') ]}" 2>&1`;
$node->stop;

my $log = PostgreSQL::Test::Utils::slurp_file($node->logfile);
my $key = PostgreSQL::Test::Utils::slurp_file($ENV{PKINT_KEY_FILE});
$key =~ s/\s+//g;
my $raw_key = pack('H*', $key);
my $small_log = lc($log);
ok(index($log, 'a statement on sources') >= 0, 'the log tells that there were statements on sources');
for my $secret (@secrets)
{
	my $hex = unpack('H*', $secret);
	my $numbers = join(' ', map { ord } split(//, $secret));
	unlike($activity, qr/$secret/i, "pg_stat_activity does not have $secret");
	unlike($statements, qr/$secret/i, "pg_stat_statements does not have $secret");
	unlike($dump, qr/$secret|$hex/i, "the dump does not have $secret");
	my $at = -1;
	for my $form (lc($secret), $hex, $numbers)
	{
		$at = index($small_log, $form) if $at < 0;
	}
	is($at, -1, "the log does not have $secret") or diag(substr($log, $at - 300, 600));
}

# every file of the data directory: tables, WAL, spool, statistics
my %found;
my @files = split(/\0/, `find "@{[ $node->data_dir ]}" -type f -print0`);
for my $file (@files)
{
	open(my $in, '<:raw', $file) or next;
	my $content = do { local $/; <$in> } // '';
	for my $secret (@secrets)
	{
		$found{$secret}{$file} = 1 if index($content, $secret) >= 0 || index($content, lc($secret)) >= 0;
	}
	$found{key}{$file} = 1 if index($content, $raw_key) >= 0 || index($content, $key) >= 0;
}
for my $secret (@secrets, 'key')
{
	is(join(' ', sort keys %{ $found{$secret} // {} }), '', "no file of the data directory has $secret");
}
unlike($log, qr/$key/, 'the log does not have the key');
done_testing();
