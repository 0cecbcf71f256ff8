-- src/sharing/rows.sql: looking at rows by key, place, time and kind, past row security.
--
-- Nothing else in pkint names a user's table in dynamic SQL to decide about its
-- rows.  See rows.c.

CREATE TYPE pkint.matching_row AS
(
	relation		regclass,
	key				text,
	label			pkint.label,
	part			oid
);
COMMENT ON TYPE pkint.matching_row IS
	'a row of a protected table: its key as text that is the same under every setting, its label, and the partition or child that it lies in';

CREATE FUNCTION pkint.become_owner(relation regclass) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_become_owner';
REVOKE EXECUTE ON FUNCTION pkint.become_owner(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.become_owner(regclass) IS
	'for the rest of the SECURITY DEFINER function that calls it: act as a table''s owner, past its policies, so that code in the table runs with its owner''s rights and not with the extension''s. Raises wrong_object_type for a view';

CREATE FUNCTION pkint.typed_keys(relation regclass, keys text[]) RETURNS text[]
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'pkint_typed_keys';
REVOKE EXECUTE ON FUNCTION pkint.typed_keys(regclass, text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.typed_keys(regclass, text[]) IS
	'keys as somebody typed them, as values of the key''s type, in order, in the text that they are known by whatever anybody has set. Raises where one is no value of that type, is NULL, or is named twice; whether there are such rows makes no difference';

CREATE FUNCTION pkint.rows_of(relation regclass, keys text[], condition text, area geography, during tstzrange,
	categories text[], hold text) RETURNS SETOF pkint.matching_row
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'pkint_rows_of';
REVOKE EXECUTE ON FUNCTION pkint.rows_of(regclass, text[], text, geography, tstzrange, text[], text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rows_of(regclass, text[], text, geography, tstzrange, text[], text) IS
	'the rows r of one table that have one of these keys (NULL: any), as pkint.typed_keys() writes them, and meet a condition over $1 (area), $2 (period) and $4 (categories), read with its owner''s rights. hold is nothing, keys (the rows neither go nor change their keys before this transaction ends) or rows (nor are they changed at all)';

CREATE FUNCTION pkint.write_labels(relation regclass, keys text[], labels pkint.label[], parts oid[], new_label pkint.label) RETURNS bigint
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'pkint_write_labels';
REVOKE EXECUTE ON FUNCTION pkint.write_labels(regclass, text[], pkint.label[], oid[], pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.write_labels(regclass, text[], pkint.label[], oid[], pkint.label) IS
	'gives rows a new label, with the rights of the table''s owner: those that have these keys, labels and parts, and raises serialization_failure where that is not each of them, once';

-- --- of what kind ---------------------------------------------------------------------------

CREATE TYPE pkint.category_word AS
(
	relation		regclass,
	code			text
);
COMMENT ON TYPE pkint.category_word IS
	'a word that the category column of a table may hold. Every function of the extension without arguments that returns a set of these says which words tables keep to; a table that is in none of them may hold any';

CREATE FUNCTION pkint.category_words() RETURNS SETOF pkint.category_word
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	parts text := (SELECT string_agg(format('SELECT * FROM %s', p.oid::regprocedure), ' UNION ALL ' ORDER BY p.proname)
		FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'pkint'::regnamespace AND p.prorettype = 'pkint.category_word'::regtype AND p.pronargs = 0
			AND p.proretset AND p.proname <> 'category_words'
			AND EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'pkint'
				WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
					AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'));
BEGIN
	RETURN QUERY SELECT p.relation, e.enumlabel::text FROM pkint.protected_table p
		JOIN pg_catalog.pg_enum e ON e.enumtypid = pkint.column_type(p.relation, p.category_column);
	IF parts IS NOT NULL THEN
		RETURN QUERY EXECUTE parts;
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.category_words() FROM PUBLIC;
COMMENT ON FUNCTION pkint.category_words() IS
	'the words that category columns hold, of tables that keep to a list: the values of an enum, and what other rooms say';

CREATE FUNCTION pkint.check_categories(categories text[], in_relation regclass) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	tables regclass[] := ARRAY (SELECT p.relation FROM pkint.admitted_tables() p
		WHERE p.relation = coalesce(in_relation, p.relation) AND p.key_column IS NOT NULL
			AND pkint.column_type(p.relation, p.category_column) IS NOT NULL);
	words pkint.category_word[];
	unknown text;
	near text;
BEGIN
	IF categories IS NULL OR in_relation IS NULL AND cardinality(tables) = 0 AND cardinality(categories) > 0 THEN
		RETURN;	-- the mission has no table with categories yet, and no word is a wrong one
	ELSIF cardinality(categories) = 0 OR EXISTS (SELECT FROM unnest(categories) c WHERE c IS NULL OR c !~ '[[:alnum:]]') THEN
		RAISE EXCEPTION '%', pkint.say('a category must not be empty')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Leave it out for every category.');
	ELSIF cardinality(tables) = 0 THEN
		RAISE EXCEPTION '%', CASE WHEN in_relation IS NULL THEN pkint.say('no table has categories')
				ELSE pkint.say('the table "%s" has no categories', in_relation) END
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('A table''s owner names the column that holds them: pkint.protect(relation, category_column =>).');
	END IF;
	words := ARRAY (SELECT w FROM pkint.category_words() w WHERE w.relation = ANY (tables));
	IF EXISTS (SELECT FROM unnest(tables) t WHERE t NOT IN (SELECT w.relation FROM unnest(words) w)) THEN
		RETURN;	-- one of them may hold any word
	END IF;
	unknown := (SELECT min(c) FROM unnest(categories) c
		WHERE NOT EXISTS (SELECT FROM unnest(words) w WHERE w.code = c OR starts_with(w.code, c || '-')));
	IF unknown IS NOT NULL THEN
		near := (SELECT string_agg(n.code, ', ' ORDER BY n.code) FROM (SELECT DISTINCT w.code FROM unnest(words) w
			WHERE split_part(w.code, '-', 2) = split_part(unknown, '-', 2) AND split_part(unknown, '-', 2) <> ''
				OR upper(w.code) = upper(unknown) ORDER BY 1 LIMIT 3) n);
		RAISE EXCEPTION '%', pkint.say('there is no category "%s"', unknown)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = CASE WHEN near IS NOT NULL THEN pkint.say('Do you mean %s?', near)
				ELSE pkint.say('A category is a code, such as %s, or its first part, which stands for all below it.',
					(SELECT min(w.code) FROM unnest(words) w WHERE w.code ~ '-')) END;
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_categories(text[], regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_categories(text[], regclass) IS
	'raises invalid_parameter_value for a category that no row of the table (NULL: of any) could have, so that a word that was mistyped is never answered by "nothing"; which rows there are makes no difference';

-- --- which rows -----------------------------------------------------------------------------

CREATE FUNCTION pkint.postgis_schema() RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e
		JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis';
	END;
COMMENT ON FUNCTION pkint.postgis_schema() IS 'the schema that PostGIS lies in, quoted where it must be';

CREATE FUNCTION pkint.row_condition(known pkint.protected_table, with_area boolean, with_time boolean, with_category boolean,
	of_unit text DEFAULT NULL, controlled_by text[] DEFAULT NULL) RETURNS text
	LANGUAGE C STABLE PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_row_condition';
REVOKE EXECUTE ON FUNCTION pkint.row_condition(pkint.protected_table, boolean, boolean, boolean, text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.row_condition(pkint.protected_table, boolean, boolean, boolean, text, text[]) IS
	'a condition on rows r of a protected table with $1 an area, $2 a period and $4 categories, and rows of one unit alone, or that one of some units controls; NULL where the table has no such column. A footprint counts where it may lie in the area';

CREATE FUNCTION pkint.matching_rows(in_relation regclass, keys text[], area geography, during tstzrange, categories text[],
	hold text DEFAULT 'nothing', controlled_by text[] DEFAULT NULL, named boolean DEFAULT false) RETURNS SETOF pkint.matching_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table;
	condition text;
BEGIN
	IF named THEN
		known := (SELECT p FROM pkint.protected_table p WHERE p.relation = in_relation AND p.key_column IS NOT NULL);
		condition := pkint.row_condition(known, false, false, false, controlled_by => controlled_by);
		IF condition IS NOT NULL THEN
			RETURN QUERY SELECT * FROM pkint.rows_of(in_relation, keys, condition, NULL, NULL, NULL, hold);
		END IF;
		RETURN;
	END IF;
	FOR known IN SELECT * FROM pkint.admitted_tables() p
		WHERE (in_relation IS NULL OR p.relation = in_relation) AND p.key_column IS NOT NULL
	LOOP
		condition := pkint.row_condition(known, area IS NOT NULL, during IS NOT NULL, categories IS NOT NULL,
			controlled_by => controlled_by);
		CONTINUE WHEN condition IS NULL;
		-- one that is broken, or locked, is passed over
		BEGIN
			PERFORM pkint.pin_now(known.relation);
			RETURN QUERY SELECT * FROM pkint.rows_of(known.relation, keys, condition, area, during, categories, hold);
		EXCEPTION WHEN OTHERS THEN
			PERFORM pkint.note_fence(known.relation, SQLSTATE);
		END;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.matching_rows(regclass, text[], geography, tstzrange, text[], text, text[], boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.matching_rows(regclass, text[], geography, tstzrange, text[], text, text[], boolean) IS
	'all rows that a request describes, whoever may read them, or those that one of some units controls, of the protected tables that were let in: for the functions that decide. A table that cannot be looked at is passed over, and that is on record. A table that the caller has named (named), by keys, is looked at in any case, and what is wrong with it is raised. For keys and hold see pkint.rows_of()';
