# A session whose lc_messages is French gets what pkint says in French, from C
# and from SQL, with the same values in it; everybody else gets English (R100).

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use PkintTest;

# A French locale of our own: nothing of the system's is touched.
my $locales = "$ENV{TESTDATADIR}/french_locale";
mkdir $locales;
system("localedef -i fr_FR -f UTF-8 '$locales/fr_FR.UTF-8' >/dev/null 2>&1");
plan skip_all => 'no French locale can be made: packages locales and gettext are needed'
  unless -d "$locales/fr_FR.UTF-8";
my $catalog = (glob "$ENV{PGBIN}/../../../../share/locale/fr/LC_MESSAGES/pkint-*.mo")[0];
plan skip_all => 'no msgfmt (package gettext) when this was built' unless $catalog;

$ENV{LOCPATH} = $locales;
delete $ENV{LANGUAGE};
my $node = mission_server('french');
small_mission($node);
$node->safe_psql('mission', q{
	CREATE ROLE claire LOGIN; ALTER ROLE claire SET lc_messages = 'fr_FR.UTF-8';
	ALTER ROLE awa SET lc_messages = 'C'; ALTER ROLE newcomer SET lc_messages = 'fr_FR.UTF-8'});
as_person($node, 'officer', q{SELECT pkint.set_clearance('claire', 'CONFIDENTIAL'), pkint.assign('claire', 'JMAC');
	SELECT pkint.appoint('claire', 'release_officer', 'JMAC')});

# What a person is told: result, messages and all.
sub told
{
	my ($person, $sql, $db) = @_;
	my ($rc, $out, $err) = $node->psql($db // 'mission', $sql, extra_params => [ '-U', $person ]);
	return "$out\n$err";
}
my $nb = "\xc2\xa0";	# the no-break space of French typography

# errors of C, with hint
my $bad = q{SELECT 'SECRET//REL ALL'::pkint.label};
like(told('claire', $bad), qr/ERR\w+ *:.*«${nb}SECRET$nb» est une mention nationale, et non un niveau des Nations Unies/, 'an error of C');
like(told('claire', $bad), qr/Les niveaux sont UNCLASSIFIED \(NON CLASSIFI\xc3\x89\)/, 'and its hint, accents and all');
like(told('awa', $bad), qr/"SECRET" is a national marking, not a level of the United Nations/, 'English for others on the same server');
like(told('claire', q{SELECT pkint.footprint('33NWD9', '[2022-01-01,2022-01-02)')}),
	qr/Au caract\xc3\xa8re 7$nb: le nombre de chiffres est impair\./, 'a detail that is put together from parts');
like(told('claire', q{INSERT INTO log VALUES (99, 'x', 'CONFIDENTIAL//REL U2//ORIG U2')}),
	qr/un marquage doit \xc3\xaatre de ceux que peut lire celui qui l'\xc3\xa9crit.*Ce marquage serait accept\xc3\xa9$nb: CONFIDENTIAL\/\/REL JMAC/s,
	'a refusal with the label that works');

# errors of plpgsql, with detail and hint
my $nobody = q{SELECT pkint.explain_access('nobody', 'log', '16')};
like(told('claire', $nobody), qr/il n'y a pas de personne «${nb}nobody$nb»/, 'an error of plpgsql');
like(told('claire', $nobody), qr/Une personne est un r\xc3\xb4le de ce serveur/, 'and its hint');
like(told('awa', q{SELECT pkint.request_access(' ', 'log', '7')}), qr/a reason must be given/, 'English for others');
like(told('claire', q{SELECT pkint.request_access(' ', 'log', '7')}), qr/il faut donner une raison/, 'in French');
like(told('claire', q{SELECT pkint.set_clearance('awa', 'CONFIDENTIAL')}),
	qr/il faut pour cela la fonction officier de s\xc3\xa9curit\xc3\xa9.*Demandez \xc3\xa0 officer\./s, 'duties have their French names');

# what is no error
like(told('claire', q{SELECT detail FROM pkint.explain_access('boris', 'log', '16') WHERE component = 'audience'}),
	qr/diffus\xc3\xa9e \xc3\xa0 JMAC$nb; la personne est dans U2/, 'explain_access()');
is(as_person($node, 'claire', q{SELECT string_agg(component, ',') FROM pkint.explain_access('boris', 'log', '16')}),
	as_person($node, 'officer', q{SELECT 'table privilege,clearance,level,caveats,audience,grant,may read'}),
	'what programs compare stays as it is');
as_person($node, 'boris', q{SELECT pkint.request_access('convoy on Monday', 'log', '20')});
like(told('claire', q{SELECT what FROM pkint.todo() WHERE kind = 'request'}),
	qr/boris demande public.log 20$nb: convoy on Monday \(vos lignes qui correspondent$nb: 1\)/, 'todo()');
like(told('newcomer', 'SELECT remark FROM pkint.whoami()'), qr/Sans habilitation aucune ligne prot\xc3\xa9g\xc3\xa9e ne peut \xc3\xaatre lue\. Demandez \xc3\xa0 officer\./, 'whoami()');
like(told('newcomer', 'SELECT count(*) FROM log'), qr/vous n'avez pas d'habilitation valable/, 'the notice to whoever has no clearance');
like(told('claire', q{SELECT message, hint FROM pkint.check_report(code => 'CIV-KIL', poc => true, title => 'Noyade, deux morts')}),
	qr/ses mots disent un accident et aucune violence/, 'check_report()');
like(told('claire', q{SELECT pkint.reading_fault('30/02/2022', 'period')}), qr/ce jour n'existe pas/, 'what cannot be read, by its name');

# a finding is stored in the language of whoever loads
$node->safe_psql('mission', q{
	SELECT pkint.create_register('french'); CREATE SCHEMA feeds; GRANT USAGE ON SCHEMA feeds, french TO PUBLIC;
	CREATE TABLE feeds.jmac (id int, lon text, lat text, day text, kind text, poc text, title text);
	INSERT INTO feeds.jmac VALUES (1, '18.5', '4.3', '2022-05-03', 'CIV-KIL', 'yes', 'Noyade, deux morts'),
		(2, '18.5', '4.3', '30/02/2022', 'CIV-KIL', 'no', 'Attaque');
	GRANT SELECT ON feeds.jmac TO PUBLIC;
	SELECT pkint.define_feed('jmac', 'feeds.jmac', 'french', 'JMAC',
		'{"key": "id", "longitude": "lon", "latitude": "lat", "occurred": "day", "code": "kind", "poc": "poc", "title": "title"}',
		'CONFIDENTIAL//REL JMAC//ORIG JMAC')});
like(told('claire', q{SELECT read, accepted, quarantined FROM pkint.load_feed('jmac')}), qr/^2\|1\|1$/m, 'a French session loads a feed');
like(told('claire', 'SELECT message, hint FROM french.finding'), qr/ses mots disent un accident.*Confirmez ou corrigez le code\./s, 'a finding');
like(told('claire', 'SELECT message, hint FROM french.quarantine'), qr/date «${nb}30\/02\/2022$nb»$nb: ce jour n'existe pas au calendrier\|\xc3\x89crivez/, 'a row in quarantine');
is(as_person($node, 'claire', 'SELECT reason FROM french.quarantine'), 'bad date', 'its reason is a word for programs');

# what is withheld is withheld in French, and no less
my $withheld = told('claire', q{SELECT pkint.register_source('JMAC', nobody_of_this_name)});
like($withheld, qr/une instruction sur les sources a \xc3\xa9chou\xc3\xa9/, 'an error over a statement on sources');
unlike($withheld, qr/n'existe pas|does not exist/, 'without what the server said of it');

# kinds of events have names in both languages
$node->safe_psql('mission', q{GRANT ALL ON ALL TABLES IN SCHEMA french TO PUBLIC});
my $near = q{SELECT kind, age FROM pkint.danger_nearby('french', pkint.make_footprint(18.51, 4.31, 100, tstzrange('2022-05-03 12:00Z', '2022-05-03 13:00Z')))};
as_person($node, 'claire', q{SELECT pkint.warn_of('french', 'JMAC', '{CIV}', 15000, '3 days')});
my $kinds = $node->safe_psql('mission', q{SELECT name_fr, name_en FROM pkint.category_group WHERE code = 'CIV'});
my ($fr, $en) = split /\|/, $kinds;
like(told('claire', $near), qr/^\Q$fr\E\|/m, "danger_nearby() says \"$fr\"");
like(told('boris', $near), qr/^\Q$en\E\|/m, 'and in English for others');

# for the administrator
my $holes = $node->safe_psql('mission', q{SET lc_messages = 'fr_FR.UTF-8'; SELECT problem FROM pkint.check_protection() WHERE severity = 'medium'});
like($holes, qr/un superutilisateur qui peut se connecter lit tout/, 'check_protection()');

# the choice is the administrator's (a setting of superusers, as PostgreSQL has it)
like(told('awa', q{SET lc_messages = 'fr_FR.UTF-8'}), qr/permission denied to set parameter "lc_messages"/, 'nobody chooses for himself on 15');

# a database whose LC_CTYPE is C has its accents too
$node->safe_psql('postgres', q{CREATE DATABASE plain TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C' LC_COLLATE 'C'});
$node->safe_psql('plain', 'SET client_min_messages = warning; CREATE EXTENSION pkint CASCADE');
like(told('claire', q{SELECT 'SECRETISSIME//REL ALL'::pkint.label}, 'plain'), qr/NON CLASSIFI\xc3\x89/, 'with LC_CTYPE C, from C');
like(told('claire', q{SELECT pkint.request_access(' ')}, 'plain'), qr/inscrit au journal|d\xc3\xa9cision|raison/, 'and from SQL');
unlike(told('claire', q{SELECT 'SECRETISSIME//REL ALL'::pkint.label}, 'plain'), qr/CLASSIFI\?/, 'no question marks');

# say() itself: what the catalog lacks stays, a sentence said again is the same
my $again = q{SELECT string_agg(pkint.say('there is no unit "%s"', u), '; ') FROM unnest('{A,B,C}'::text[]) u};
like(told('claire', $again), qr/d'unité «${nb}A$nb»; il n'y a pas d'unité «${nb}B$nb»; il n'y a pas d'unité «${nb}C$nb»/, 'again and again');
is(as_person($node, 'claire', q{SELECT pkint.say('no such sentence: %s', 7)}), 'no such sentence: 7', 'a sentence of somebody else');
is(as_person($node, 'claire', q{SELECT pkint.say('') || '.'}), '.', 'the empty text is no sentence');

$node->stop;
done_testing();
