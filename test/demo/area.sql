-- test/demo/area.sql: where the mission's mandate lets it acquire information (R87).
-- psql -v data=DIRECTORY

CREATE TABLE feeds.prefecture (name text PRIMARY KEY, wkt text);
\set copy_prefectures '\\copy feeds.prefecture from ' :data '/prefectures.csv csv header'
:copy_prefectures

INSERT INTO pkint.area_of_application (mission, area, valid)
SELECT 'Ovandie', ST_Union(ST_GeomFromText(wkt, 4326))::geography, '[2021-01-01,2024-01-01)'
FROM feeds.prefecture;
