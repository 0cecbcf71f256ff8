-- test/demo/mappings.sql: what each unit's columns mean. docs/feeds.md has the format.
--
-- Every unit has words of its own for what happened. JMAC lists them in its
-- workbook; the others' are in data/vocabulary.csv, psql -v data=DIRECTORY.

CREATE TABLE feeds.vocabulary (feed text, word text, leaf text, PRIMARY KEY (feed, word));
\set copy_words '\\copy feeds.vocabulary from ' :data '/vocabulary.csv csv header'
:copy_words

-- Police and battalion do not use a published scale of precision: a mission adds its own.
INSERT INTO pkint.place_precision (scheme, code, radius_m, kind, meaning) VALUES
	('unpol', 'point', 100, 'exact', 'read off a map on the spot'),
	('unpol', 'town', 5000, 'town', 'the town''s centre'),
	('unpol', 'district', 25000, 'admin2', 'somewhere in the station''s district');

SELECT pkint.define_feed('jmac', 'feeds.incidents_2022', 'mission', 'JMAC', $mapping$
{
	"key": "ref", "label": "handling", "language": "lang",
	"title": "title", "narrative": "summary",
	"occurred": "date", "occurred_to": "until", "time_precision": {"column": "date_prec", "scheme": "ucdp"},
	"timezone": {"const": "Etc/GMT-1"}, "reported": "reported",
	"latitude": "lat", "longitude": "long",
	"place_precision": {"column": "where_prec", "scheme": "ucdp"},
	"place_name": "town", "admin1": "prefecture",
	"poc": "poc", "agency": "agency", "perp": "class", "actor": "perpetrator", "actor2": "against",
	"target": "target", "means": "means",
	"killed": "killed", "killed_woman": "women", "killed_man": "men", "killed_girl": "girls",
	"killed_boy": "boys", "killed_unknown": "sex_unknown",
	"injured": "injured", "taken": "taken", "displaced": "displaced", "grade": "grade"
}
$mapping$::jsonb || jsonb_build_object('code', jsonb_build_object('column', 'category', 'values',
		(SELECT jsonb_object_agg(field1, field2) FROM feeds.lists WHERE field1 <> 'Category'))),
	'CONFIDENTIAL//REL JMAC,U2//ORIG JMAC');

SELECT pkint.define_feed('u2', 'feeds.events', 'mission', 'U2', $mapping$
{
	"key": "event_id", "label": "label", "language": {"const": "en"},
	"title": "title", "narrative": "text",
	"occurred": "from_dtg", "occurred_to": "to_dtg", "reported": "reported",
	"geometry": "geom", "radius_m": "radius_m",
	"poc": "poc", "agency": "intent", "perp": "class", "actor": "actor", "actor2": "versus",
	"target": "tgt", "means": "means",
	"killed": "kia", "injured": "wia", "taken": "cap",
	"reliability": "rel", "credibility": "cred"
}
$mapping$::jsonb || jsonb_build_object('code', jsonb_build_object('column', 'evt_type', 'values',
		(SELECT jsonb_object_agg(word, leaf) FROM feeds.vocabulary WHERE feed = 'u2'))),
	'CONFIDENTIAL//REL U2//ORIG U2');

SELECT pkint.define_feed('s2', 'feeds.bat3_s2_2022', 'mission', 'S2-BAT3', $mapping$
{
	"key": "N°", "label": "Diffusion", "language": {"const": "fr"},
	"title": "Objet", "narrative": "Compte rendu",
	"occurred": "Date", "occurred_time": "Heure", "timezone": {"const": "Etc/GMT-1"},
	"reported": "Rédigé le",
	"mgrs": "MGRS", "place_name": "Localité",
	"poc": "PdC",
	"agency": {"column": "Intention", "values": {"délibéré": "deliberate", "incident": "incidental",
		"accidentel": "accidental", "naturel": "natural"}},
	"perp": {"column": "Catégorie", "values": {"forces de défense": "state_force", "groupe armé": "armed_group",
		"communauté": "communal", "bandits": "criminal", "foule": "crowd", "individu": "individual",
		"ONU": "un", "hommes armés inconnus": "unidentified", "aucun": "none"}},
	"actor": "Auteur", "actor2": "Adversaire",
	"target": {"column": "Cible", "values": {"civils": "civilian", "ONU": "un_staff", "humanitaires": "aid",
		"forces de défense": "state_force", "groupe armé": "armed_group", "communauté": "communal",
		"site protégé": "protected_site", "biens": "property", "aucune": "none"}},
	"killed": "Tués", "injured": "Blessés", "taken": "Enlevés", "grade": "Cotation"
}
$mapping$::jsonb || jsonb_build_object('code', jsonb_build_object('column', 'Nature', 'values',
		(SELECT jsonb_object_agg(word, leaf) FROM feeds.vocabulary WHERE feed = 's2'))),
	'CONFIDENTIAL//REL S2-BAT3//ORIG S2-BAT3');

SELECT pkint.define_feed('unpol', 'feeds.incident', 'mission', 'UNPOL', $mapping$
{
	"key": "id", "label": "marking", "language": "lang",
	"title": "headline", "narrative": "summary",
	"occurred": "opened", "timezone": {"const": "Etc/GMT-1"}, "reported": "filed",
	"latitude": "lat", "longitude": "lon",
	"place_precision": {"column": "precision", "scheme": "unpol"}, "place_name": "station",
	"agency": "intent", "perp": "suspect_class", "actor": "suspect", "target": "victim", "means": "weapon",
	"killed_woman": "dead_f", "killed_man": "dead_m", "killed_child_unknown": "dead_minor",
	"killed_unknown": "dead_other", "injured": "hurt", "taken": "taken", "grade": "grade"
}
$mapping$::jsonb || jsonb_build_object('code', jsonb_build_object('column', 'offence', 'values',
		(SELECT jsonb_object_agg(word, leaf) FROM feeds.vocabulary WHERE feed = 'unpol'))),
	'CONFIDENTIAL//REL JMAC,UNPOL//ORIG UNPOL');

SELECT pkint.define_feed('hrd', 'feeds.violation', 'mission', 'HRD', $mapping$
{
	"key": "case_no", "label": "label", "language": "lang",
	"title": "title", "narrative": "narrative",
	"occurred": "date_from", "occurred_to": "date_to", "timezone": {"const": "Etc/GMT-1"},
	"reported": "received",
	"longitude": "lon", "latitude": "lat", "radius_m": "radius_m",
	"place_name": "place", "admin1": "prefecture",
	"agency": "agency", "perp": "perp_class", "actor": "perpetrator", "actor2": "second_side",
	"target": "victim", "means": "means", "consent": "consent", "link": "link",
	"killed": "killed", "killed_low": "killed_low", "killed_high": "killed_high",
	"killed_woman": "killed_woman", "killed_man": "killed_man", "killed_girl": "killed_girl",
	"killed_boy": "killed_boy", "killed_unknown": "killed_unknown",
	"injured": "injured", "injured_woman": "injured_woman", "injured_man": "injured_man",
	"injured_girl": "injured_girl", "injured_boy": "injured_boy", "injured_unknown": "injured_unknown",
	"taken": "taken", "taken_woman": "taken_woman", "taken_man": "taken_man", "taken_girl": "taken_girl",
	"taken_boy": "taken_boy", "taken_unknown": "taken_unknown",
	"survivors": "survivors", "survivors_woman": "survivors_woman", "survivors_man": "survivors_man",
	"survivors_girl": "survivors_girl", "survivors_boy": "survivors_boy",
	"displaced": "displaced", "grade": "grade"
}
$mapping$::jsonb || jsonb_build_object('code', jsonb_build_object('column', 'violation', 'values',
		(SELECT jsonb_object_agg(word, leaf) FROM feeds.vocabulary WHERE feed = 'hrd'))),
	'CONFIDENTIAL//REL HRD//ORIG HRD');
