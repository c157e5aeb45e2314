-- What the front page shows where no page has the path /, and the version of the menu.
CREATE TABLE navigation (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    version    BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1),
    front      TEXT NOT NULL DEFAULT 'list' CHECK (front IN ('list', 'cards', 'page')),
    front_page BIGINT
);
INSERT INTO navigation (id) VALUES (1);
CREATE TRIGGER navigation_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON navigation
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
ALTER TABLE navigation ENABLE ALWAYS TRIGGER navigation_changed;

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

-- Every kept answer shows the menu. The payloads 'menu open' and 'menu private' announce a change of it, and one that only
-- signed-in people can see.
CREATE FUNCTION tell_of_menu() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('postern_changes', 'menu open'); RETURN NULL; END $$;
CREATE TRIGGER menu_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON menu
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_menu();
ALTER TABLE menu ENABLE ALWAYS TRIGGER menu_changed;

CREATE FUNCTION tell_of_menu_page() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    pages bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[new.id] WHEN 'DELETE' THEN ARRAY[old.id] ELSE ARRAY[old.id, new.id] END;
BEGIN
    IF EXISTS (SELECT 1 FROM menu WHERE page_id = ANY (pages)) THEN
        IF TG_OP = 'UPDATE' THEN
            IF old.private AND new.private THEN
                PERFORM pg_notify('postern_changes', 'menu private');
                RETURN NULL;
            END IF;
        END IF;
        PERFORM pg_notify('postern_changes', 'menu open');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER menu_page_made AFTER INSERT OR DELETE ON pages FOR EACH ROW EXECUTE FUNCTION tell_of_menu_page();
CREATE TRIGGER menu_page_changed
    AFTER UPDATE OF id, path, title, private, readers_from, published_at, unpublish_at ON pages
    FOR EACH ROW
    WHEN ((old.id, old.path, old.title, old.private, old.readers_from, old.published_at, old.unpublish_at)
          IS DISTINCT FROM
          (new.id, new.path, new.title, new.private, new.readers_from, new.published_at, new.unpublish_at))
    EXECUTE FUNCTION tell_of_menu_page();
ALTER TABLE pages ENABLE ALWAYS TRIGGER menu_page_made, ENABLE ALWAYS TRIGGER menu_page_changed;

DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tell_of_menu', 'tell_of_menu_page'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;
