DROP TRIGGER front_page_deleted ON pages;
DROP TRIGGER front_page_moved ON pages;
DROP TRIGGER front_page_made ON pages;
CREATE OR REPLACE FUNCTION place_page() RETURNS trigger LANGUAGE plpgsql AS
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
DO $do$
BEGIN EXECUTE format('ALTER FUNCTION place_page() SET search_path = %I, pg_temp', current_schema()); END $do$;
ALTER TABLE revisions DROP COLUMN language;
ALTER TABLE placements DROP COLUMN language;
