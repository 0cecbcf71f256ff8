# The record takes in what pkint wrote, once and whole: files that are gone, put back, cut, of another
# run, and rows of the inbox that somebody wrote, are findings and no acts (F11, F12, T44).

use strict;
use warnings;
use FindBin;
use File::Copy;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

my $node = mission_server('witness', conf => "max_worker_processes = 8\n");
my $spool = $node->data_dir . '/pkint_spool';
my $aside = $node->data_dir . '/pkint_spool_aside';
my $kept = $node->data_dir . '/kept';
mkdir $kept;

sub sql { return $node->safe_psql('mission', $_[0]); }
sub files { return glob "$spool/*_*"; }
sub count { my ($kind) = @_; return sql("SELECT count(*) FROM pkint.audit_entry WHERE kind = '$kind'"); }
sub findings { return sql(q{SELECT string_agg(detail ->> 'what', ' ' ORDER BY seq) FROM pkint.audit_entry WHERE kind = 'finding'}); }
sub problems { return sql('SELECT count(*) FROM pkint.verify_audit()'); }
sub load { sql('SELECT pkint.load_record()'); return; }

# while the launcher does not come, do something
my $stopped;
sub hold { load(); $stopped = launcher($node); kill 'STOP', $stopped; return; }
sub let_go { kill 'CONT', $stopped; load(); return; }
sub edit
{
	my ($path, $how) = @_;
	my $bytes = slurp_file($path);
	$how->($bytes);
	open my $fh, '>:raw', $path or die $!;
	print $fh $bytes;
	close $fh;
	return;
}
sub act { my ($kind) = @_; sql("SELECT pkint.record_now('$kind')"); return; }

# a file that is put back, under its own name or another
hold();
act("replay $_") for 1 .. 3;
my ($file) = files();
my ($name) = $file =~ m{([^/]+)$};
copy($file, "$kept/$name");
let_go();
is(count("replay $_"), 1, "act $_ is taken in") for 1 .. 3;
act('between');
load();
copy("$kept/$name", "$spool/$name");
load();
is(count('replay 1'), 1, 'a file that is put back brings nothing');
is(findings(), 'again', 'and is a finding');
is(problems(), 0, 'by which nothing is missing');
ok(-e "$aside/$name", 'it is put aside, not removed');
(my $other = $name) =~ s/_(\d+)$/'_' . ($1 + 1000)/e;
copy("$kept/$name", "$spool/$other");
load();
is(count('replay 1'), 1, 'nor under the number of a file to come');
like(findings(), qr/ strange$/, 'which is a finding');
act('goes on');
load();
is(count('goes on'), 1, 'and what comes under that number by itself is taken in');
cmp_ok(problems(), '>', 0, 'that verify_audit() tells');

# one whose name is no name; one of a database that is not there; one of the time before pkint was installed
append_to_file("$spool/odd", 'x');
append_to_file("$spool/4711_00000000000000010000000000000001_1", 'x');
$node->poll_query_until('mission', q{SELECT count(*) = 0 FROM pg_ls_dir('pkint_spool') f WHERE f ~ '^odd|^4711'});
ok(-e "$aside/odd" && -e "$aside/4711_00000000000000010000000000000001_1", 'what belongs nowhere is put aside');
like(slurp_file($node->logfile), qr/put aside: its database is gone/, 'with a line in the log');

# in a new server: one that is removed, with later ones there or not; one that is cut; one that was edited
$node = mission_server('witness2', conf => "max_worker_processes = 8\n");
$spool = $node->data_dir . '/pkint_spool';
hold();
act('removed');
unlink files();
let_go();
like(findings(), qr/^(missing|cut)$/, 'a file that was removed is missed, with none after it');
is(count('removed'), 0, 'control: it is not on the record');
is(problems(), 1, 'and verify_audit() tells');
hold();
act('cut 1');
act('cut 2');
my $size = -s (files())[0];
act('cut 3');
truncate((files())[0], $size);
let_go();
is(count('cut 2') . count('cut 3'), '10', 'of a file that was cut the rest is taken in');
like(findings(), qr/ cut$/, 'and the end is missed');
hold();
act("edited $_") for 1 .. 3;
edit((files())[0], sub { $_[0] =~ s/edited 2/edited X/ });
let_go();
is(join(' ', map { count("edited $_") } 1, 2, 3, 'X'), '1 0 1 0', 'an entry that was edited is none, those beside it are');
like(findings(), qr/ cut$/, 'and it is missed');
is(sql(q{SELECT count(*) FROM pkint.audit_entry WHERE kind = 'damage' AND detail ->> 'unreadable' LIKE '%656469746564%'}), 1, 'its bytes are kept');
hold();
act("twice $_") for 1 .. 2;
edit((files())[0], sub { $_[0] .= $_[0] });
let_go();
is(join(' ', map { count("twice $_") } 1, 2), '1 1', 'entries that stand twice in a file are taken in once');
like(findings(), qr/ repeated$/, 'and told');

# rows of the inbox that pkint did not write, changed, or put there again, are findings and no acts; so is one that is gone
hold();
sql(q{SELECT pkint.record('act', detail => '{"n": 7}')});
sql('CREATE TABLE kept AS SELECT * FROM pkint.audit_inbox');
let_go();
my $before = sql('SELECT max(seq) FROM pkint.audit_entry');
sql(q{INSERT INTO pkint.audit_inbox SELECT id + 1000, 'made up'::bytea FROM kept;
	INSERT INTO pkint.audit_inbox SELECT id + 1001, entry FROM kept;
	INSERT INTO pkint.audit_inbox SELECT id, entry FROM kept;
	INSERT INTO pkint.audit_inbox SELECT id + 1002, l.entry FROM kept, (SELECT entry FROM pkint.audit_log WHERE pkint.entry_kind(entry) = 'edited 1') l;
	INSERT INTO pkint.audit_inbox SELECT id + 1003, set_byte(entry, 120, 65) FROM kept;
	BEGIN; SELECT pkint.record('act', detail => '{"n": 8}');
	DELETE FROM pkint.audit_inbox i USING kept k WHERE i.id > k.id AND i.id < k.id + 1000; COMMIT});
load();
is(sql("SELECT string_agg(kind || coalesce(': ' || (detail ->> 'reason'), ''), '; ' ORDER BY detail ->> 'reason') FROM pkint.audit_entry WHERE seq > $before AND kind IN ('act', 'finding')"),
	join('; ', map { "finding: $_" } 'a row of the inbox was not written by pkint', 'a row of the inbox was not written by pkint',
		'an act stands in the inbox under another number', 'an act that was committed is not in the inbox any more',
		'an act was put into the inbox again', 'an entry of the spool was put into the inbox'), 'none of them is an act');
like(sql(q{SELECT severity || problem FROM pkint.check_protection() WHERE object = 'record' AND problem ~ 'finding'}), qr/^high\d+ findings/, 'check_protection() tells of findings');

# the record itself, while the loader goes on: each tampering is told, now and after more was written
for my $tamper ('TRUNCATE pkint.audit_tree_head', 'DELETE FROM pkint.audit_log WHERE seq = 2', q{UPDATE pkint.audit_log SET entry = set_byte(entry, 108, 7) WHERE seq = 3},
	'DELETE FROM pkint.audit_log WHERE seq = (SELECT max(seq) FROM pkint.audit_log)', 'DELETE FROM pkint.audit_tree_head WHERE size = (SELECT max(size) FROM pkint.audit_tree_head)',
	q{UPDATE pkint.audit_node SET hash = '\x00'}, q{INSERT INTO pkint.audit_tree_head SELECT size + 1000000, head FROM pkint.audit_tree_head ORDER BY size DESC LIMIT 1})
{
	my $was = problems();
	sql($tamper);
	act('after');
	load();
	cmp_ok(problems(), $tamper =~ /audit_node/ ? '>=' : '>', $was, "found: $tamper");
}
is(sql(q{SELECT count(*) > 5 FROM pkint.audit_entry WHERE kind = 'after'}), 't', 'and the record goes on');

# a loader that cannot come is told of, and keeps no other database waiting
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('other', 'CREATE EXTENSION pkint CASCADE');
load();
my $holder = $node->background_psql('mission');
$holder->query('BEGIN; LOCK TABLE pkint.audit_log IN EXCLUSIVE MODE');
act('waits');
$node->safe_psql('other', q{SELECT pkint.record_now('goes on')});
ok($node->poll_query_until('other', q{SELECT count(*) = 1 FROM pkint.audit_entry WHERE kind = 'goes on'}), 'another database is loaded while this one cannot be');
ok($node->poll_query_until('mission', q{SELECT trouble = 'failed' FROM pkint.record_state()}), 'that the loader does not come to its end is known');
my ($rc, $out, $err) = $node->psql('mission', 'SELECT pkint.load_record()');
like($err, qr/could not be brought up to date/, 'and told to who asks');
$holder->query('COMMIT');
$holder->quit;
load();
is(count('waits'), 1, 'then it comes in');
is(sql('SELECT trouble FROM pkint.record_state()'), '', 'and all is well');

# no background worker is free
$node->append_conf('postgresql.conf', "max_worker_processes = 2\nmax_logical_replication_workers = 0");
$node->restart;
$node->safe_psql('postgres', q{CREATE FUNCTION busy() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'});
act('crowded');
ok($node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pkint.audit_entry WHERE kind = 'crowded'}), 'one free worker will do');
$node->append_conf('postgresql.conf', 'max_worker_processes = 1');
$node->restart;
act('too crowded');
ok($node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pkint.check_protection() WHERE problem ~ 'no background worker is free'}), 'check_protection() tells that no worker is free');
like(slurp_file($node->logfile), qr/no background worker is free to load the record/, 'and so does the log');
$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
$node->restart;
ok($node->poll_query_until('mission', q{SELECT count(*) = 1 FROM pkint.audit_entry WHERE kind = 'too crowded'}), 'and nothing is lost by it');

# a copy of the database goes on by itself; a record that is dropped and made anew takes in nothing of the old one
$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE mission');
$node->safe_psql('copy', q{SELECT pkint.record_now('in the copy'), pkint.load_record()});
is($node->safe_psql('copy', q{SELECT count(*) FROM pkint.audit_entry WHERE kind = 'in the copy'}), 1, 'a copied database has a record that goes on');
$node->safe_psql('other', q{SELECT pkint.record_now('of old')});
$node->safe_psql('other', 'DROP EXTENSION pkint CASCADE; CREATE EXTENSION pkint');
$node->safe_psql('other', q{SELECT pkint.record_now('new'), pkint.load_record()});
is($node->safe_psql('other', q{SELECT string_agg(kind, ' ') FROM pkint.audit_entry}), 'new', 'what was recorded before pkint was made anew does not enter');
is($node->safe_psql('other', 'SELECT count(*) FROM pkint.verify_audit()'), 0, 'nor is it missed');

done_testing();
