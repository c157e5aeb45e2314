DROP TABLE placements CASCADE;
DROP FUNCTION place_page;
DROP FUNCTION placements_emptied;
DROP TRIGGER page_listed_anew ON pages;
DROP INDEX listings_by_title, listings_by_position, listings_beside_by_date;
ALTER TABLE listings DROP COLUMN title_key, DROP COLUMN position;
CREATE VIEW page_listings AS
SELECT principal, section, published_at, path, unpublish_at, id AS page_id
FROM pages
JOIN page_principals ON page_principals.page_id = id
JOIN page_sections ON page_sections.page_id = id;
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
               new.path, new.unpublish_at, new.id
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
        SELECT reader, section, l.published_at, l.path, l.unpublish_at, page_id
        FROM pages JOIN listings l ON page_id = pages.id
        WHERE readers_from = governing AND principal = 'chosen';
    ELSE
        DELETE FROM listings
        WHERE principal = reader AND page_id IN (SELECT id FROM pages WHERE readers_from = governing);
    END IF;
    PERFORM pg_notify('postern_changes', 'everything');
    RETURN NULL;
END $$;
CREATE TRIGGER page_listed_anew
    AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
    FOR EACH ROW
    WHEN ((old.id, old.path, old.private, old.readers_from, old.show_title, old.published_at, old.unpublish_at)
          IS DISTINCT FROM
          (new.id, new.path, new.private, new.readers_from, new.show_title, new.published_at, new.unpublish_at))
    EXECUTE FUNCTION list_page();
ALTER TABLE pages ENABLE ALWAYS TRIGGER page_listed_anew;
DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['list_page', 'list_for_reader'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;
