-- The panel sorts titles by their words as Postern compares them: in lower case, and without accents. An empty key waits until
-- a Postern makes it: in the same transaction where Postern changes the title, and later where SQL does.
ALTER TABLE pages ADD COLUMN title_key TEXT NOT NULL DEFAULT '';
DROP INDEX pages_by_title;
CREATE INDEX pages_by_title ON pages (title_key, path);
CREATE INDEX pages_without_title_key ON pages (id) WHERE title_key = '';
CREATE TRIGGER title_key_outdated AFTER UPDATE OF title ON pages
WHEN new.title <> old.title AND new.title_key <> '' AND new.title_key = old.title_key
BEGIN UPDATE pages SET title_key = '' WHERE id = new.id; END;
