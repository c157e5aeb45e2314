-- As before, but a change of many pages, which is announced as one, does not look into the menu for each of them. A list of two
-- keys after IN is a table that SQLite makes for each row, and costs more than two look-ups.
DROP TRIGGER menu_page_changed;
CREATE TRIGGER menu_page_changed AFTER UPDATE OF id, path, title, private, readers_from, published_at, unpublish_at ON pages
WHEN (old.id <> new.id OR old.path <> new.path OR old.title <> new.title OR old.private <> new.private
      OR old.readers_from IS NOT new.readers_from OR old.published_at IS NOT new.published_at
      OR old.unpublish_at IS NOT new.unpublish_at)
AND (SELECT kind || ' ' || name FROM changes ORDER BY id DESC LIMIT 1) IS NOT 'site begun'
AND (EXISTS (SELECT 1 FROM menu WHERE page_id = new.id) OR EXISTS (SELECT 1 FROM menu WHERE page_id = old.id))
BEGIN
    INSERT INTO changes (kind, name)
    VALUES ('site', CASE WHEN old.private AND new.private THEN 'menu private' ELSE 'menu' END);
END;
