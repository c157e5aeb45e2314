DROP TRIGGER title_key_outdated ON pages;
DROP FUNCTION outdate_title_key();
DROP INDEX pages_without_title_key;
DROP INDEX pages_by_title;
ALTER TABLE pages DROP COLUMN title_key;
CREATE INDEX pages_by_title ON pages (lower(title), path);
