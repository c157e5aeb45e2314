DROP TRIGGER front_page_deleted;
DROP TRIGGER front_page_moved;
DROP TRIGGER front_page_made;
DROP TRIGGER front_language_deleted;
DROP TRIGGER front_language_changed;
DROP TRIGGER front_language_made;
ALTER TABLE revisions DROP COLUMN language;
ALTER TABLE placements DROP COLUMN language;
