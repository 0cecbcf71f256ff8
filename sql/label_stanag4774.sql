-- Labels as XML of STANAG 4774: written strictly, read leniently, hostile input refused.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = public, pkint;

SELECT to_stanag4774('SC//CRSV,SOURCE//REL HRD,JMAC//ORIG HRD');
SELECT to_stanag4774('U//REL ALL');

-- every label comes back as it went
WITH part AS (
	SELECT level, c, r, o FROM unnest('{U,C,SC}'::text[]) level,
		unnest('{NULL,CRSV,"CRSV,K-1,SOURCE"}'::text[]) c,
		unnest('{ALL,NONE,JMAC,"HRD,JMAC,U2"}'::text[]) r,
		unnest('{NULL,NONE,MISSION,UN,"HRD,MISSION"}'::text[]) o)
SELECT count(*) AS labels, count(*) FILTER (WHERE from_stanag4774(to_stanag4774(label)) = label) AS same
FROM (SELECT concat_ws('//', level, c, 'REL ' || r, 'ORIG ' || o)::label AS label FROM part) x;
SELECT from_stanag4774(to_stanag4774('C//REL ALL')) <> from_stanag4774(to_stanag4774('C//REL NONE')) AS kept_apart;
-- as large as labels get
SELECT from_stanag4774(to_stanag4774(l)) = l AS same
FROM make_label('C', (SELECT array_agg('K' || i) FROM generate_series(1, 4096) i), '{ALL}') l;
-- it is well-formed, and a path finds its parts
SELECT xpath('//s:Category[@Type="PERMISSIVE"]/s:GenericValue/text()', to_stanag4774('C//REL JMAC,U2'),
	ARRAY[ARRAY['s', 'urn:nato:stanag:4774:confidentialitymetadatalabel:1:0']]);

-- read leniently
SELECT from_stanag4774('<?xml version="1.0"?>
<!-- another order, prefixes, blanks -->
<slab:originatorConfidentialityLabel xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0">
	<slab:CreationDateTime>2022-11-05T10:00:00Z</slab:CreationDateTime>
	<slab:ConfidentialityInformation>
		<slab:Category Type="INFORMATIVE" TagName="Handling"><slab:GenericValue>by hand</slab:GenericValue></slab:Category>
		<slab:Category Type="permissive" TagName="Whoever">
			<slab:GenericValue> u2 </slab:GenericValue><slab:GenericValue>JMAC</slab:GenericValue></slab:Category>
		<slab:Category Type="RESTRICTIVE" TagName="A"><slab:GenericValue>CRSV</slab:GenericValue></slab:Category>
		<slab:Category Type="RESTRICTIVE" TagName="B"><slab:GenericValue>SOURCE</slab:GenericValue></slab:Category>
		<slab:Classification>UN Strictement Confidentiel</slab:Classification>
		<slab:PolicyIdentifier>United Nations</slab:PolicyIdentifier>
	</slab:ConfidentialityInformation>
	<slab:OriginatorID IDType="uniformResourceIdentifier">JMAC</slab:OriginatorID>
</slab:originatorConfidentialityLabel>');

-- a document from its parts
CREATE FUNCTION pg_temp.doc(inner_xml text, policy text DEFAULT 'UN', level text DEFAULT 'CONFIDENTIAL') RETURNS text LANGUAGE sql AS $$
	SELECT '<originatorConfidentialityLabel xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><ConfidentialityInformation>'
		|| '<PolicyIdentifier>' || policy || '</PolicyIdentifier><Classification>' || level || '</Classification>'
		|| inner_xml || '</ConfidentialityInformation></originatorConfidentialityLabel>' $$;
CREATE FUNCTION pg_temp.category(type text, VARIADIC codes text[]) RETURNS text LANGUAGE sql AS $$
	SELECT format('<Category Type="%s" TagName="%s">', type, CASE type WHEN 'INFORMATIVE' THEN 'Originator' ELSE 'X' END)
		|| string_agg('<GenericValue>' || c || '</GenericValue>', '') || '</Category>' FROM unnest(codes) c $$;
CREATE FUNCTION pg_temp.told(document text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN from_stanag4774(document::xml);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
-- an audience is never guessed
SELECT pg_temp.told(pg_temp.doc(''));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('INFORMATIVE', 'HRD')));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('INFORMATIVE', 'NONE')));
SELECT pg_temp.told(pg_temp.doc('<Category Type="PERMISSIVE" TagName="X"/>'));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('PERMISSIVE', 'JMAC') || pg_temp.category('PERMISSIVE', 'ALL')));
-- nothing that restricts is passed over
SELECT pg_temp.told(pg_temp.doc('<Category Type="RESTRICTIVE" TagName="X"><BitStringValue>0110</BitStringValue></Category>' || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc('<Category Type="EXCLUSIVE" TagName="X"/>' || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc('<Restriction/>' || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('PERMISSIVE', 'ALL'), 'NATO'));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('PERMISSIVE', 'ALL'), 'UN', 'SECRET'));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('PERMISSIVE', 'ALL', 'JMAC')));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('PERMISSIVE', 'JMAC') || pg_temp.category('INFORMATIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('RESTRICTIVE', 'not a code') || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('RESTRICTIVE', U&'CRS\0412') || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc(pg_temp.category('PERMISSIVE', '<b>ALL</b>')));
SELECT pg_temp.told('<label xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"/>');
SELECT pg_temp.told(replace(pg_temp.doc(pg_temp.category('PERMISSIVE', 'ALL')), ':1:0', ':9:0'));
SELECT pg_temp.told('just words');
-- hostile: entities, a document type, depth, size
SELECT pg_temp.told('<!DOCTYPE x [<!ENTITY a "ALL">]>' || pg_temp.doc(pg_temp.category('PERMISSIVE', '&a;')));
SELECT pg_temp.told('<!DOCTYPE x SYSTEM "file:///etc/passwd">' || pg_temp.doc(pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told('<!doctype x>' || pg_temp.doc(pg_temp.category('PERMISSIVE', 'ALL'))) ~ '^2200' AS refused;
SELECT pg_temp.told(pg_temp.doc(repeat('<PrivacyMark>', 200) || repeat('</PrivacyMark>', 200) || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc('<PrivacyMark>' || repeat('x', 1100000) || '</PrivacyMark>' || pg_temp.category('PERMISSIVE', 'ALL')));
SELECT pg_temp.told(pg_temp.doc(repeat(pg_temp.category('RESTRICTIVE', 'A'), 13000) || pg_temp.category('PERMISSIVE', 'ALL')));
