#!/bin/bash
# test/demo/formats.sh: the sample mission in the formats that units really keep.
#
#   bash test/demo/formats.sh DIRECTORY
#
# writes jmac.xlsx, u2.gpkg, bat3_s2_2022.csv and unpol.sqlite there. The fifth
# unit, human rights, has a PostgreSQL of its own: test/demo/hrd_cases.sql.

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUT=$1
mkdir -p "$OUT"

# A copy of data/$1.csv whose columns named in $2 ("name:Type name:Type …", with
# _ for blanks) have these types and all others are text: OGR reads a .csvt.
typed_csv() {
	local types=$2
	cp "$HERE/data/$1.csv" "$OUT/$1.csv"
	head -n 1 "$HERE/data/$1.csv" | tr -d '\r' | awk -F, -v types="$types" '
		BEGIN { n = split(types, t, " "); for (i = 1; i <= n; i++) { split(t[i], p, ":"); gsub(/_/, " ", p[1]); of[p[1]] = p[2] } }
		{ for (i = 1; i <= NF; i++) { name = $i; gsub(/_/, " ", name); printf("%s%s", (i > 1 ? "," : ""), ((name in of) ? of[name] : "String")) } print "" }' \
		>"$OUT/$1.csvt"
}

# JMAC: a workbook of two sheets; the second one is the list of its own words.
make_workbook() {
	typed_csv jmac "Date_prec:Integer Lat:Real Long:Real Where_prec:Integer Killed:Integer Women:Integer Men:Integer
		Girls:Integer Boys:Integer Sex_unknown:Integer Injured:Integer Taken:Integer Displaced:Integer"
	ogr2ogr -f XLSX "$OUT/jmac.xlsx" "$OUT/jmac.csv" jmac -nln incidents_2022
	ogr2ogr -f XLSX -update "$OUT/jmac.xlsx" "$HERE/data/vocabulary.csv" -dialect SQLITE \
		-sql "SELECT word AS \"Category\", leaf AS \"Code\" FROM vocabulary WHERE feed = 'jmac'" -nln lists
	rm "$OUT/jmac.csv" "$OUT/jmac.csvt"
}

# U2: a GeoPackage with one layer of points.
make_geopackage() {
	typed_csv u2 "from_dtg:DateTime to_dtg:DateTime reported:DateTime lon:Real lat:Real radius_m:Integer poc:Integer
		kia:Integer wia:Integer cap:Integer cred:Integer"
	ogr2ogr -f GPKG "$OUT/u2.gpkg" "$OUT/u2.csv" u2 -nln events -a_srs EPSG:4326 -nlt POINT \
		-oo X_POSSIBLE_NAMES=lon -oo Y_POSSIBLE_NAMES=lat -oo KEEP_GEOM_COLUMNS=NO
	rm "$OUT/u2.csv" "$OUT/u2.csvt"
}

# UN police: a plain SQLite file, made with no thought of anybody else's tools.
make_sqlite() {
	rm -f "$OUT/unpol.sqlite"
	sqlite3 -bail "$OUT/unpol.sqlite" <<-SQL
		CREATE TABLE incident (
			id integer, opened text, station text, offence integer, headline text, summary text,
			lat real, lon real, "precision" text, suspect text, suspect_class text, intent text,
			victim text, weapon text, dead_f integer, dead_m integer, dead_minor integer,
			dead_other integer, hurt integer, taken integer, grade text, filed text,
			marking text, lang text);
		.import --csv --skip 1 "$HERE/data/unpol.csv" incident
		UPDATE incident SET lat = nullif(lat, ''), lon = nullif(lon, ''), marking = nullif(marking, '');
		CREATE TABLE offence (code integer PRIMARY KEY, meaning text);
		INSERT INTO offence VALUES (210, 'killing'), (410, 'armed robbery'), (411, 'homicide'),
			(413, 'theft'), (610, 'road accident'), (611, 'drowning');
	SQL
}

make_workbook
make_geopackage
cp "$HERE/data/s2.csv" "$OUT/bat3_s2_2022.csv"
make_sqlite
