-- test/demo/hrd_cases.sql: the human-rights division's own database.
-- psql -v data=test/demo/data -d hrd_cases -f test/demo/hrd_cases.sql

CREATE SCHEMA cases;

CREATE TABLE cases.violation
(
	case_no text PRIMARY KEY,
	date_from date NOT NULL, date_to date NOT NULL,
	place text NOT NULL, prefecture text NOT NULL,
	lon double precision, lat double precision, radius_m integer,
	violation text NOT NULL, title text, narrative text,
	perpetrator text, second_side text, perp_class text, agency text, victim text, means text,
	killed_low integer, killed integer, killed_high integer,
	killed_woman integer, killed_man integer, killed_girl integer, killed_boy integer, killed_unknown integer,
	injured integer,
	injured_woman integer, injured_man integer, injured_girl integer, injured_boy integer, injured_unknown integer,
	taken integer,
	taken_girl integer, taken_boy integer, taken_woman integer, taken_man integer, taken_unknown integer,
	survivors integer,
	survivors_woman integer, survivors_man integer, survivors_girl integer, survivors_boy integer,
	displaced integer, consent text, link text,
	grade text, received date, label text, lang text
);

\set copy_cases '\\copy cases.violation from ' :data '/hrd.csv csv header'
:copy_cases

-- The one login that the mission's register may use here.
CREATE ROLE hrd_reader LOGIN;
GRANT USAGE ON SCHEMA cases TO hrd_reader;
GRANT SELECT ON cases.violation TO hrd_reader;
