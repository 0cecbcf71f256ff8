-- test/demo/feeds.sql: the five units' own files and database, as tables that SQL can read.
-- psql -v files=DIRECTORY, where test/demo/formats.sh has written them.

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ogr_fdw;
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE SCHEMA feeds;

-- JMAC keeps a workbook; its second sheet lists the words that it uses.
\set file :files '/jmac.xlsx'
CREATE SERVER jmac_workbook FOREIGN DATA WRAPPER ogr_fdw
	OPTIONS (datasource :'file', format 'XLSX');
IMPORT FOREIGN SCHEMA ogr_all FROM SERVER jmac_workbook INTO feeds;

-- U2 keeps a GeoPackage.
\set file :files '/u2.gpkg'
CREATE SERVER u2_geopackage FOREIGN DATA WRAPPER ogr_fdw
	OPTIONS (datasource :'file', format 'GPKG');
IMPORT FOREIGN SCHEMA ogr_all FROM SERVER u2_geopackage INTO feeds;

-- The S2 of the 3rd battalion keeps a CSV under French headings.
\set file :files '/bat3_s2_2022.csv'
CREATE SERVER s2_csv FOREIGN DATA WRAPPER ogr_fdw
	OPTIONS (datasource :'file', format 'CSV');
IMPORT FOREIGN SCHEMA ogr_all FROM SERVER s2_csv INTO feeds
	OPTIONS (launder_column_names 'false');

-- UN police keep SQLite.
\set file :files '/unpol.sqlite'
CREATE SERVER unpol_sqlite FOREIGN DATA WRAPPER ogr_fdw
	OPTIONS (datasource :'file', format 'SQLite');
IMPORT FOREIGN SCHEMA ogr_all FROM SERVER unpol_sqlite INTO feeds;

-- Human rights keep a PostgreSQL of their own.
SELECT pg_catalog.current_setting('unix_socket_directories') AS socket,
	pg_catalog.current_setting('port') AS port \gset
CREATE SERVER hrd_database FOREIGN DATA WRAPPER postgres_fdw
	OPTIONS (host :'socket', port :'port', dbname 'hrd_cases');
CREATE USER MAPPING FOR CURRENT_USER SERVER hrd_database OPTIONS (user 'hrd_reader');
IMPORT FOREIGN SCHEMA cases FROM SERVER hrd_database INTO feeds;
