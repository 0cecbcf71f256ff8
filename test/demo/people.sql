-- test/demo/people.sql: the sample mission's people, as the DBA creates them.
-- pkint makes no roles: a person is a login role, and what the person may do
-- is decided inside the mission, by its security officer (clearances.sql).

CREATE ROLE mission_staff NOLOGIN;
COMMENT ON ROLE mission_staff IS 'may use the tables of the register; which rows, pkint decides';

CREATE ROLE head_of_mission LOGIN IN ROLE mission_staff;
CREATE ROLE security_officer LOGIN IN ROLE mission_staff;
CREATE ROLE jmac_analyst LOGIN IN ROLE mission_staff;
CREATE ROLE jmac_custodian LOGIN IN ROLE mission_staff;
CREATE ROLE jmac_deputy LOGIN IN ROLE mission_staff;
CREATE ROLE u2_officer LOGIN IN ROLE mission_staff;
CREATE ROLE hr_officer LOGIN IN ROLE mission_staff;
CREATE ROLE hr_chief LOGIN IN ROLE mission_staff;
CREATE ROLE auditor LOGIN IN ROLE mission_staff;
CREATE ROLE newcomer LOGIN IN ROLE mission_staff;

-- The superuser appoints the first security officer, and nobody after that.
SELECT pkint.appoint('security_officer', 'security_officer');

-- Human rights load their cases themselves: whoever loads a feed reads it whole.
CREATE USER MAPPING FOR hr_officer SERVER hrd_database
	OPTIONS (user 'hrd_reader', password_required 'false');
GRANT USAGE ON SCHEMA feeds TO hr_officer;
GRANT SELECT ON feeds.violation TO hr_officer;
