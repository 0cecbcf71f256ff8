-- src/register/taxonomy.sql: kinds of incidents and the words that tell them, as data.
--
-- A mission edits these tables: what is shipped is marked so, an edit takes the
-- mark away, and a dump carries the edited rows.  A restore puts them in the
-- place of what the install script shipped.

CREATE TABLE pkint.category_group (
	code text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
	name_en text NOT NULL,
	name_fr text NOT NULL,
	shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE pkint.category_group IS
	'first level of the taxonomy: engagements, harm to civilians, hazards ... A mission may add its own';
COMMENT ON COLUMN pkint.category_group.shipped IS 'came with pkint and was not edited';

CREATE TABLE pkint.category (
	code text NOT NULL CHECK (code ~ '^[A-Z]{3}-[A-Z0-9]{2,8}$'),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	name_en text NOT NULL,
	name_fr text NOT NULL,
	poc "char" NOT NULL CHECK (poc IN ('A', 'M', 'N', 'R')),
	near text,
	violent boolean NOT NULL DEFAULT false,
	agency text[],
	perp text[],
	target text[],
	means text[],
	least jsonb,
	no_harm boolean NOT NULL DEFAULT false,
	review_days int CHECK (review_days > 0),
	successor text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (code, valid_from),
	CHECK (valid_from < valid_to)
);
COMMENT ON TABLE pkint.category IS
	'the kinds of incidents and what holds for each; to change one from a day on, end its row by valid_to and add a row that begins then';
COMMENT ON COLUMN pkint.category.valid_from IS 'first day on which incidents are coded so';
COMMENT ON COLUMN pkint.category.valid_to IS 'first day on which they no longer are';
COMMENT ON COLUMN pkint.category.poc IS 'protection of civilians: A suggested by itself, M may be, N never, R to be reviewed';
COMMENT ON COLUMN pkint.category.near IS 'nearest class of ACLED or of the UN''s threats and hazards';
COMMENT ON COLUMN pkint.category.violent IS 'is violence of its nature';
COMMENT ON COLUMN pkint.category.agency IS 'agencies that are possible; NULL: any';
COMMENT ON COLUMN pkint.category.perp IS 'classes of perpetrators that are possible; NULL: any';
COMMENT ON COLUMN pkint.category.target IS 'one of these targets is needed; NULL: none is';
COMMENT ON COLUMN pkint.category.means IS 'means that are possible; NULL: any';
COMMENT ON COLUMN pkint.category.least IS 'smallest best figures, as {"killed": 1}; alternatives are a list, [{"taken": 1}, {"missing": 1}]';
COMMENT ON COLUMN pkint.category.no_harm IS 'nobody was killed, injured, taken or went missing';
COMMENT ON COLUMN pkint.category.review_days IS 'to be looked at again within so many days';
COMMENT ON COLUMN pkint.category.successor IS 'for a retired code: the one to use';
COMMENT ON COLUMN pkint.category.shipped IS 'came with pkint and was not edited';

CREATE TABLE pkint.category_synonym (
	word text PRIMARY KEY CHECK (word = lower(btrim(word)) AND word <> ''),
	code text NOT NULL,
	shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE pkint.category_synonym IS
	'what the mission''s units call a kind of incident, in small letters, and the code that it is (R92)';
COMMENT ON COLUMN pkint.category_synonym.shipped IS 'came with pkint and was not edited';

CREATE TABLE pkint.lexicon (
	language text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
	sign text NOT NULL CHECK (sign IN ('hazard', 'violence', 'calm', 'national')),
	words text NOT NULL CHECK (words <> ''),
	code text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (language, sign, words)
);
COMMENT ON TABLE pkint.lexicon IS
	'words of titles and narratives that point to a hazard or to violence, phrases that deny violence (calm), and national classification markings; a star stands for any ending, case and accents do not matter';
COMMENT ON COLUMN pkint.lexicon.code IS 'for hazards: the code that is suggested';
COMMENT ON COLUMN pkint.lexicon.shipped IS 'came with pkint and was not edited';

CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.category_group
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('code');
CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.category
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('code', 'valid_from');
CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.category_synonym
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('word');
CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.lexicon
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('language', 'sign', 'words');
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.lexicon
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.lexicon ENABLE ALWAYS TRIGGER policy_changed;

GRANT SELECT ON pkint.category_group, pkint.category, pkint.category_synonym, pkint.lexicon TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pkint.category_group', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('pkint.category', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('pkint.category_synonym', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('pkint.lexicon', 'WHERE NOT shipped');

CREATE FUNCTION pkint.word_signs(words text) RETURNS text[]
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'pkint_word_signs';
COMMENT ON FUNCTION pkint.word_signs(text) IS
	'what the words of a text point to by pkint.lexicon: codes of hazards, and "violence". SELECT pkint.word_signs(''véhicule renversé, 2 morts'')';

CREATE FUNCTION pkint.national_marking(words text) RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'pkint_national_marking';
COMMENT ON FUNCTION pkint.national_marking(text) IS
	'the national or alliance classification marking that a text bears by pkint.lexicon, or NULL: in capitals, and if it is one word, standing apart (R86). SELECT pkint.national_marking(''SECRET: patrol report'')';
