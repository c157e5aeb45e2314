-- Options of a page: its number among the pages beside it, the order of the pages below it, and what it leaves out. A page
-- with the default options has no row. There is no foreign key, because a page in the trash keeps its options.
CREATE TABLE placements (
    page_id        BIGINT PRIMARY KEY,
    position       BIGINT CHECK (position BETWEEN 1 AND 999999),
    children       TEXT NOT NULL DEFAULT 'date' CHECK (children IN ('date', 'title', 'hand')),
    hides_contents BOOLEAN NOT NULL DEFAULT FALSE,
    hides_sidebar  BOOLEAN NOT NULL DEFAULT FALSE
);

-- The row of a page in the section of its parent path has the keys by which sidebars sort. Other rows have no `title_key`.
-- Pages without a number come last.
ALTER TABLE listings
    ADD COLUMN title_key TEXT COLLATE "C",
    ADD COLUMN position BIGINT NOT NULL DEFAULT 1000000;
UPDATE listings SET title_key = lower(title) FROM pages
WHERE id = page_id AND section <> '' AND strpos(substr(listings.path, length(section) + 2), '/') = 0;
CREATE INDEX listings_by_title ON listings (principal, section, title_key, path) WHERE title_key IS NOT NULL;
CREATE INDEX listings_by_position ON listings (principal, section, position, title_key, path) WHERE title_key IS NOT NULL;
CREATE INDEX listings_beside_by_date ON listings (principal, section, published_at, path) WHERE title_key IS NOT NULL;

DROP VIEW page_listings;
CREATE VIEW page_listings AS
SELECT principal, section, published_at, path, unpublish_at, id AS page_id,
       CASE WHEN section <> '' AND strpos(substr(path, length(section) + 2), '/') = 0 THEN lower(title) END AS title_key,
       CASE WHEN section <> '' AND strpos(substr(path, length(section) + 2), '/') = 0 THEN coalesce(position, 1000000)
            ELSE 1000000 END AS position
FROM pages
JOIN page_principals ON page_principals.page_id = id
JOIN page_sections ON page_sections.page_id = id
LEFT JOIN placements ON placements.page_id = id;

-- As before, with the new columns.
DROP TRIGGER page_listed_anew ON pages;
CREATE TRIGGER page_listed_anew
    AFTER UPDATE OF id, path, title, private, readers_from, show_title, published_at, unpublish_at ON pages
    FOR EACH ROW
    WHEN ((old.id, old.path, old.title, old.private, old.readers_from, old.show_title, old.published_at, old.unpublish_at)
          IS DISTINCT FROM
          (new.id, new.path, new.title, new.private, new.readers_from, new.show_title, new.published_at, new.unpublish_at))
    EXECUTE FUNCTION list_page();
ALTER TABLE pages ENABLE ALWAYS TRIGGER page_listed_anew;
CREATE OR REPLACE FUNCTION list_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    DELETE FROM listings WHERE page_id = CASE TG_OP WHEN 'INSERT' THEN new.id ELSE old.id END;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    ELSIF new.private AND (new.readers_from IS NOT NULL OR new.show_title) THEN
        INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
    ELSE
        INSERT INTO listings
        SELECT CASE WHEN new.private THEN 'signed-in' ELSE 'everybody' END, left(new.path, at - 1), new.published_at,
               new.path, new.unpublish_at, new.id,
               CASE WHEN at > 1 AND strpos(substr(new.path, at + 1), '/') = 0 THEN lower(new.title) END,
               CASE WHEN at > 1 AND strpos(substr(new.path, at + 1), '/') = 0
                    THEN coalesce((SELECT position FROM placements WHERE page_id = new.id), 1000000) ELSE 1000000 END
        FROM generate_series(1, greatest(length(new.path), 1)) AS at WHERE at = 1 OR substr(new.path, at, 1) = '/';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION list_for_reader() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    row_of    jsonb := to_jsonb(CASE TG_OP WHEN 'INSERT' THEN new ELSE old END);
    governing bigint := (row_of ->> 'page_id')::bigint;
    reader    text := coalesce('u' || (row_of ->> 'user_id'), 'g' || (row_of ->> 'group_id'));
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO listings
        SELECT reader, section, l.published_at, l.path, l.unpublish_at, page_id, l.title_key, l.position
        FROM pages JOIN listings l ON page_id = pages.id
        WHERE readers_from = governing AND principal = 'chosen';
    ELSE
        DELETE FROM listings
        WHERE principal = reader AND page_id IN (SELECT id FROM pages WHERE readers_from = governing);
    END IF;
    PERFORM pg_notify('postern_changes', 'everything');
    RETURN NULL;
END $$;

-- The options of a page show on the pages beside it and below it.
CREATE FUNCTION place_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE listings SET position = 1000000 WHERE page_id = old.page_id AND title_key IS NOT NULL;
        PERFORM pg_notify('postern_changes', 'page ' || path) FROM pages WHERE id = old.page_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE listings SET position = coalesce(new.position, 1000000)
        WHERE page_id = new.page_id AND title_key IS NOT NULL;
        PERFORM pg_notify('postern_changes', 'page ' || path) FROM pages WHERE id = new.page_id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION placements_emptied() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    UPDATE listings SET position = 1000000 WHERE position <> 1000000;
    PERFORM pg_notify('postern_changes', 'everything');
    RETURN NULL;
END $$;
CREATE TRIGGER placement_changed AFTER INSERT OR UPDATE OR DELETE ON placements
    FOR EACH ROW EXECUTE FUNCTION place_page();
CREATE TRIGGER placements_emptied AFTER TRUNCATE ON placements
    FOR EACH STATEMENT EXECUTE FUNCTION placements_emptied();
ALTER TABLE placements ENABLE ALWAYS TRIGGER placement_changed, ENABLE ALWAYS TRIGGER placements_emptied;

DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['list_page', 'list_for_reader', 'place_page', 'placements_emptied'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;
