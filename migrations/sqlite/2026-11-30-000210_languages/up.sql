-- The language of a page, as its tag; empty for that of the nearest page above that has one, or of the site. The pages below
-- find it when they are shown: they share its first segment, and so does the change that the triggers of `placements` report.
ALTER TABLE placements ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- NULL where SQL changed the page: then that of the version before holds.
ALTER TABLE revisions ADD COLUMN language TEXT;

-- The pages below the front page have any first segment.
CREATE TRIGGER front_language_made AFTER INSERT ON placements
WHEN new.language <> '' AND EXISTS (SELECT 1 FROM pages WHERE id = new.page_id AND path = '')
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER front_language_changed AFTER UPDATE ON placements
WHEN (old.language <> '' OR new.language <> '')
AND EXISTS (SELECT 1 FROM pages WHERE id IN (old.page_id, new.page_id) AND path = '')
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER front_language_deleted AFTER DELETE ON placements
WHEN old.language <> '' AND EXISTS (SELECT 1 FROM pages WHERE id = old.page_id AND path = '')
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER front_page_made AFTER INSERT ON pages WHEN new.path = ''
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER front_page_moved AFTER UPDATE OF path ON pages WHEN old.path <> new.path AND (old.path = '' OR new.path = '')
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER front_page_deleted AFTER DELETE ON pages WHEN old.path = ''
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
