-- The menu has the languages of its pages. A page has its own language or that of a page above it, so that a language, and a
-- page with one that comes, goes or moves, is a change of the menu if a page at or below its path is in the menu. The front page
-- is announced as a change of everything.
CREATE TRIGGER menu_language_made AFTER INSERT ON placements WHEN new.language <> ''
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'site', CASE WHEN min(below.private) THEN 'menu private' ELSE 'menu' END
    FROM pages AS own, menu JOIN pages AS below ON below.id = menu.page_id
    WHERE own.id = new.page_id
      AND (below.path = own.path OR substr(below.path, 1, length(own.path) + 1) = own.path || '/')
    GROUP BY own.id;
END;
CREATE TRIGGER menu_language_changed AFTER UPDATE ON placements
WHEN old.page_id <> new.page_id OR old.language <> new.language
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'site', CASE WHEN min(below.private) THEN 'menu private' ELSE 'menu' END
    FROM pages AS own, menu JOIN pages AS below ON below.id = menu.page_id
    WHERE own.id IN (old.page_id, new.page_id)
      AND (below.path = own.path OR substr(below.path, 1, length(own.path) + 1) = own.path || '/')
    GROUP BY own.id;
END;
CREATE TRIGGER menu_language_deleted AFTER DELETE ON placements WHEN old.language <> ''
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'site', CASE WHEN min(below.private) THEN 'menu private' ELSE 'menu' END
    FROM pages AS own, menu JOIN pages AS below ON below.id = menu.page_id
    WHERE own.id = old.page_id
      AND (below.path = own.path OR substr(below.path, 1, length(own.path) + 1) = own.path || '/')
    GROUP BY own.id;
END;

CREATE TRIGGER language_page_made AFTER INSERT ON pages
WHEN EXISTS (SELECT 1 FROM placements WHERE page_id = new.id AND language <> '')
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'site', CASE WHEN min(below.private) THEN 'menu private' ELSE 'menu' END
    FROM menu JOIN pages AS below ON below.id = menu.page_id
    WHERE substr(below.path, 1, length(new.path) + 1) = new.path || '/'
    GROUP BY new.id;
END;
CREATE TRIGGER language_page_moved AFTER UPDATE OF path ON pages
WHEN old.path <> new.path AND EXISTS (SELECT 1 FROM placements WHERE page_id = new.id AND language <> '')
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'site', CASE WHEN min(below.private) THEN 'menu private' ELSE 'menu' END
    FROM menu JOIN pages AS below ON below.id = menu.page_id
    WHERE substr(below.path, 1, length(old.path) + 1) = old.path || '/'
       OR substr(below.path, 1, length(new.path) + 1) = new.path || '/'
    GROUP BY new.id;
END;
CREATE TRIGGER language_page_deleted AFTER DELETE ON pages
WHEN EXISTS (SELECT 1 FROM placements WHERE page_id = old.id AND language <> '')
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'site', CASE WHEN min(below.private) THEN 'menu private' ELSE 'menu' END
    FROM menu JOIN pages AS below ON below.id = menu.page_id
    WHERE substr(below.path, 1, length(old.path) + 1) = old.path || '/'
    GROUP BY old.id;
END;
