DROP TRIGGER menu_page_changed;
CREATE TRIGGER menu_page_changed AFTER UPDATE OF id, path, title, private, readers_from, published_at, unpublish_at ON pages
WHEN (old.id <> new.id OR old.path <> new.path OR old.title <> new.title OR old.private <> new.private
      OR old.readers_from IS NOT new.readers_from OR old.published_at IS NOT new.published_at
      OR old.unpublish_at IS NOT new.unpublish_at)
AND EXISTS (SELECT 1 FROM menu WHERE page_id IN (old.id, new.id))
AND (SELECT kind || ' ' || name FROM changes ORDER BY id DESC LIMIT 1) IS NOT 'site begun'
BEGIN
    INSERT INTO changes (kind, name)
    VALUES ('site', CASE WHEN old.private AND new.private THEN 'menu private' ELSE 'menu' END);
END;
