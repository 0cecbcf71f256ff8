-- Text that people typed into spreadsheets, read leniently (R06).
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
\pset null '-'
-- numbers
SELECT t, pkint.try_number(t), pkint.try_count(t), pkint.reading_fault(t, 'count') AS fault
FROM unnest(ARRAY['12', ' 12 ', '-3', '+7', '12,5', '12.5', '1,234', '1.234', '1 234', '1'' 234', '12 34', '1 234,5',
	'1.234,5', '1,234.5', '1,234,567', '1,23,4', '1e3', '1e9999', '', '  ', 'several', '3-5', '−4', '1 234', '.5', '5.', ',', '-',
	'NaN', 'Infinity', '99999999999', '0x10', '12a']) t;
-- yes and no
SELECT t, pkint.try_yes(t) FROM unnest(ARRAY['Oui', 'NON', 'x', 'X ', 'vrai', 'faux', '1', '0', 'TRUE', 'f', 'perhaps', '', 'yesssssssss']) t;
-- coordinates
SELECT t, pkint.try_coordinate(t, true) AS lat, pkint.try_coordinate(t, false) AS lon,
	round(pkint.coordinate_error_m(t, true)::numeric, 1) AS error_m, pkint.reading_fault(t, 'latitude') AS fault
FROM unnest(ARRAY['4.3667', '4,3667', '-4.5', 'S 4.5', '4.5 S', '-4.5 S', '18.55 E', '18,55 O', '18.55W', '4°22''00"N', '4° 22,5'' N',
	'4°22′30″ N', '4 22 30', '4:22:30', '4°60''', '4.5 22', '118', '1.8e1', '', 'Bangui', '4.3667 N 18.55 E', '−4,25', '4']) t;
-- dates
SELECT t, pkint.try_period(t) AS period, pkint.reading_fault(t, 'period') AS fault
FROM unnest(ARRAY['2022-05-03', '2022/05/03', '20220503', '2022-05-03 14:30', '2022-05-03T14:30:05Z', '2022-05-03 14:30:05.25+01',
	'2022-05-03 14:30 -0330', '2022-05-03 14:30:00+01:00', '2022-05-03 00:00:00', '2022-05-03 00:00:00Z', '03/05/2022', '3.5.2022', '03-05-2022', '03/05/22',
	'3 mai 2022', '3 May 2022', '1er août 2022', 'mardi 3 mai 2022 à 14h30', 'mar. 3 mai 2022', '3 mars 2022', 'May 3, 2022', '03MAY2022',
	'031430ZMAY22', '031430Z MAY 22', '031430AMAY22', '031430 MAY 22', '2022-05', '05/2022', 'mai 2022', 'Février 2022', '2022', 'déc. 2021',
	'2022-05-03 2:30 pm', '2022-05-03 12 am', '2022-02-30', '29/02/2023', '29/02/2024', '05/13/2022', '31/04/2022', '2022-05-03 25:00',
	'2022-05-03 24:00', '0022-05-03', '2522-05-03', '31 jui 2022', 'yesterday', 'soon', '3', '3 mai', '', '   ', '2022-05-03 foo', '1/2/3/4',
	'99999999999', '12:30', '2022 14:30', '321430ZMAY22']) t;
-- the order of day and month, day numbers, zones
SELECT pkint.try_period('05/03/2022', 'MDY'), pkint.try_period('44684', 'excel'), pkint.try_period('44684.6', 'excel');
SELECT pkint.try_period('3 mai 2022', 'excel') AS text_in_a_column_of_day_numbers, pkint.try_period('1', 'excel') AS before_1900;
SELECT pkint.try_period('2022-05-03', 'DMY', 'Africa/Bangui'), pkint.try_period('2022-05-03 14:30', 'DMY', 'Africa/Bangui');
SELECT pkint.try_period('2022-05-03', 'DMY', 'Atlantis/Poseidonis') AS no_such_zone;
-- every day number from March 1900 on is the day that PostgreSQL counts
SELECT count(*) FROM generate_series(61, 73050) n
WHERE lower(pkint.try_period(n::text, 'excel')) IS DISTINCT FROM ('1899-12-30'::date + n)::timestamptz;
-- every day of two centuries, in five spellings
SELECT f, count(*) FROM generate_series('1901-01-01'::date, '2100-12-31', '1 day') d,
	unnest(ARRAY['YYYY-MM-DD', 'DD/MM/YYYY', 'FMDD FMMonth YYYY', 'DDMONYYYY', 'YYYYMMDD']) f
WHERE pkint.try_period(to_char(d, f)) IS DISTINCT FROM tstzrange(d, d + interval '1 day')
GROUP BY f;
-- clock times
SELECT t, pkint.try_clock(t), pkint.reading_fault(t, 'clock') AS fault
FROM unnest(ARRAY['14:30', '14h30', '14 h 30', '2:30 pm', '1430', '930', '25:00', '14:60', 'noon', '']) t;
SELECT pkint.reading_fault('x', 'colour');
