DROP TABLE drafts;
DROP FUNCTION tell_of_draft;
ALTER TABLE site DROP COLUMN time_zone;
DROP INDEX pages_by_end;
