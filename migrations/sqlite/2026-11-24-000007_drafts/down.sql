DROP TABLE drafts;
ALTER TABLE site DROP COLUMN time_zone;
DROP TRIGGER page_ends_stay_moments;
DROP TRIGGER page_ends_are_moments;
DROP INDEX pages_by_end;
