-- src/label/stanag4774.sql: exchange of labels as XML.

CREATE FUNCTION pkint.to_stanag4774(label pkint.label) RETURNS xml
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'pkint_to_stanag4774';
COMMENT ON FUNCTION pkint.to_stanag4774(pkint.label) IS
	'a label as confidentiality label of STANAG 4774 (namespace urn:nato:stanag:4774:confidentialitymetadatalabel:1:0): level as Classification, caveats as a RESTRICTIVE, audience as a PERMISSIVE, originators as an INFORMATIVE category; ALL and NONE are written out. Example: to_stanag4774(''C//REL JMAC'')';

CREATE FUNCTION pkint.from_stanag4774(document xml) RETURNS pkint.label
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'pkint_from_stanag4774';
COMMENT ON FUNCTION pkint.from_stanag4774(xml) IS
	'a label from a confidentiality label of STANAG 4774 under the policy UN; the inverse of to_stanag4774. Raises invalid_xml_content for anything else, for a document type or entities, and where no audience and no originator is named; program_limit_exceeded above one megabyte. Example: from_stanag4774(to_stanag4774(''C//REL JMAC'')) is CONFIDENTIAL//REL JMAC';
