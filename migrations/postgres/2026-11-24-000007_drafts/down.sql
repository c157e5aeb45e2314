DROP TABLE drafts;
DROP FUNCTION tell_of_draft;
ALTER TABLE site DROP COLUMN time_zone;
DROP INDEX pages_by_end;
ALTER TABLE trash DROP COLUMN unpublish_at;
ALTER TABLE revisions DROP COLUMN unpublish_at;
ALTER TABLE pages DROP COLUMN unpublish_at;
