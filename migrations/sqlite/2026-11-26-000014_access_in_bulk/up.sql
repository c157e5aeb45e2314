-- A change of access by the application changes thousands of pages in one transaction, for which other writers wait: the
-- triggers of each row do less.

-- A page is listed anew only if a column that its rows in `listings` depend on changed, and a page without readers of its
-- own without the view, which costs three times as much. Both triggers read the page as it is now: a trigger for changes by
-- SQL may have changed it since.
-- The position 0 stands before every path, and gives the section of all pages, ''.
INSERT INTO path_positions VALUES (0);
DROP TRIGGER page_listed_anew;
CREATE TRIGGER page_listed_anew
AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
WHEN new.private AND (new.readers_from IS NOT NULL OR new.show_title)
AND (old.id <> new.id OR old.path <> new.path OR NOT old.private OR old.readers_from IS NOT new.readers_from
     OR old.show_title <> new.show_title OR old.published_at <> new.published_at
     OR old.unpublish_at IS NOT new.unpublish_at)
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
END;
CREATE TRIGGER page_listed_without_readers
AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
WHEN NOT (new.private AND (new.readers_from IS NOT NULL OR new.show_title))
AND (old.id <> new.id OR old.path <> new.path OR old.private <> new.private OR old.readers_from IS NOT new.readers_from
     OR old.show_title <> new.show_title OR old.published_at <> new.published_at
     OR old.unpublish_at IS NOT new.unpublish_at)
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings
    SELECT CASE WHEN NOT private THEN 'everybody' WHEN readers_from IS NULL THEN 'signed-in' ELSE 'chosen' END,
           substr(path, 1, max(at - 1, 0)), published_at, path, unpublish_at, id
    FROM pages JOIN path_positions ON at <= length(path) AND (at = 0 OR substr(path, at, 1) = '/')
    WHERE id = new.id;
END;

-- A transaction that changes more pages than `changes` keeps writes the row ('site', 'begun') before and ('site', '')
-- after: every process empties its cache, and the rows of the pages are left out. No other transaction sees the first as
-- the newest row.
DROP TRIGGER page_changed;
CREATE TRIGGER page_changed AFTER UPDATE ON pages
WHEN old.path = new.path AND (SELECT kind || ' ' || name FROM changes ORDER BY id DESC LIMIT 1) IS NOT 'site begun'
BEGIN INSERT INTO changes (kind, name) VALUES ('page', new.path); END;
CREATE TRIGGER page_moved AFTER UPDATE OF path ON pages WHEN old.path <> new.path
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path), ('page', new.path); END;
DROP TRIGGER changes_are_few;
CREATE TRIGGER changes_are_few AFTER INSERT ON changes WHEN new.id % 100 = 0
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;
