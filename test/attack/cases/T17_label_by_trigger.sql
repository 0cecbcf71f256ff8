-- the label that a trigger writes, not the one that was given, is what counts
SELECT try($$INSERT INTO relabelled VALUES (1, 'C//REL AU2//ORIG AU2')$$);
SELECT CASE WHEN try($$INSERT INTO relabelled VALUES (1, 'C//REL AU2//ORIG AU2')$$) ~ '^42501' THEN 'nothing' ELSE 'LEAK: an unreadable label was stored' END;
