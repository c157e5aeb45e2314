-- What the front page shows where no page has the path /, and the version of the menu.
CREATE TABLE navigation (
    id         BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    version    BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1),
    front      TEXT NOT NULL DEFAULT 'list' CHECK (front IN ('list', 'cards', 'page')),
    front_page BIGINT
);
INSERT INTO navigation (id) VALUES (1);
CREATE TRIGGER navigation_made AFTER INSERT ON navigation
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER navigation_changed AFTER UPDATE ON navigation
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER navigation_deleted AFTER DELETE ON navigation
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;

-- The menu: `place` counts its entries, and `sub` those below one; 0 is the entry itself. An entry leads to a page by its
-- key, so that it follows the page, or to an address. There is no foreign key, because a page in the trash keeps its entry.
CREATE TABLE menu (
    place   BIGINT NOT NULL,
    sub     BIGINT NOT NULL,
    label   TEXT NOT NULL,
    page_id BIGINT,
    address TEXT,
    PRIMARY KEY (place, sub),
    CHECK ((page_id IS NULL) <> (address IS NULL))
);
CREATE INDEX menu_by_page ON menu (page_id);

-- Every kept answer shows the menu. The names 'menu' and 'menu private' announce a change of it, and one that only
-- signed-in people can see; the rows between 'begun' and '' of a large change are left out.
CREATE TRIGGER menu_entry_made AFTER INSERT ON menu BEGIN INSERT INTO changes (kind, name) VALUES ('site', 'menu'); END;
CREATE TRIGGER menu_entry_changed AFTER UPDATE ON menu BEGIN INSERT INTO changes (kind, name) VALUES ('site', 'menu'); END;
CREATE TRIGGER menu_entry_deleted AFTER DELETE ON menu BEGIN INSERT INTO changes (kind, name) VALUES ('site', 'menu'); END;
CREATE TRIGGER menu_page_made AFTER INSERT ON pages WHEN EXISTS (SELECT 1 FROM menu WHERE page_id = new.id)
BEGIN INSERT INTO changes (kind, name) VALUES ('site', 'menu'); END;
CREATE TRIGGER menu_page_deleted AFTER DELETE ON pages WHEN EXISTS (SELECT 1 FROM menu WHERE page_id = old.id)
BEGIN INSERT INTO changes (kind, name) VALUES ('site', 'menu'); END;
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
