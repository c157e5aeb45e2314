DROP TRIGGER changes_are_few;
CREATE TRIGGER changes_are_few AFTER INSERT ON changes
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;
DROP TRIGGER page_moved;
DROP TRIGGER page_changed;
CREATE TRIGGER page_changed AFTER UPDATE ON pages
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path), ('page', new.path); END;
DROP TRIGGER page_listed_without_readers;
DROP TRIGGER page_listed_anew;
CREATE TRIGGER page_listed_anew
AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
END;
DELETE FROM path_positions WHERE at = 0;
