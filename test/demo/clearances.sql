-- test/demo/clearances.sql: who is who, by the mission's security officer, logged in as such.

SELECT pkint.appoint('head_of_mission', 'head_of_mission');

INSERT INTO pkint.unit (code, name, parent, kind, reads_sub_units) VALUES
	('JMAC', 'Joint Mission Analysis Centre', NULL, 'unit', false),
	('HRD', 'Human Rights Division', NULL, 'unit', false),
	('UNPOL', 'United Nations Police', NULL, 'unit', false),
	('U2', 'Force military intelligence', NULL, 'unit', true),
	('S2-BAT3', 'S2 of the 3rd battalion', 'U2', 'unit', false);

INSERT INTO pkint.caveat (code, meaning) VALUES
	('CRSV', 'conflict-related sexual violence'),
	('CHILD', 'children as victims or witnesses'),
	('SOURCE', 'speaks of a human source'),
	('OPS', 'plans and movements of the force');

SELECT pkint.assign('jmac_analyst', 'JMAC'), pkint.set_clearance('jmac_analyst', 'STRICTLY CONFIDENTIAL', '{SOURCE}');
SELECT pkint.assign('u2_officer', 'U2'), pkint.set_clearance('u2_officer', 'STRICTLY CONFIDENTIAL', '{OPS}');
SELECT pkint.assign('hr_officer', 'HRD'), pkint.set_clearance('hr_officer', 'STRICTLY CONFIDENTIAL', '{CRSV,CHILD}');
SELECT pkint.assign('jmac_custodian', 'JMAC'), pkint.set_clearance('jmac_custodian', 'STRICTLY CONFIDENTIAL', '{SOURCE}');
SELECT pkint.assign('jmac_deputy', 'JMAC'), pkint.set_clearance('jmac_deputy', 'STRICTLY CONFIDENTIAL', '{SOURCE}');
SELECT pkint.assign('hr_chief', 'HRD'), pkint.set_clearance('hr_chief', 'STRICTLY CONFIDENTIAL', '{CRSV,CHILD}');
SELECT pkint.set_clearance('auditor', 'CONFIDENTIAL');

SELECT pkint.appoint('jmac_custodian', 'source_custodian', 'JMAC');
SELECT pkint.appoint('jmac_deputy', 'source_custodian', 'JMAC');
SELECT pkint.appoint('hr_chief', 'release_officer', 'HRD');
SELECT pkint.appoint('auditor', 'auditor');
