-- The language of a page, as its tag; empty for that of the nearest page above that has one, or of the site. The pages below
-- find it when they are shown: they share its first segment, and so does the change that the triggers of `placements` report.
ALTER TABLE placements ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- NULL where SQL changed the page: then that of the version before holds.
ALTER TABLE revisions ADD COLUMN language TEXT;

-- As before. The pages below the front page have any first segment.
CREATE OR REPLACE FUNCTION place_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE listings SET position = 1000000 WHERE page_id = old.page_id AND title_key IS NOT NULL;
        PERFORM pg_notify('postern_changes', CASE WHEN path = '' AND old.language <> '' THEN 'everything' ELSE 'page ' || path END)
        FROM pages WHERE id = old.page_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE listings SET position = coalesce(new.position, 1000000)
        WHERE page_id = new.page_id AND title_key IS NOT NULL;
        PERFORM pg_notify('postern_changes', CASE WHEN path = '' AND new.language <> '' THEN 'everything' ELSE 'page ' || path END)
        FROM pages WHERE id = new.page_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER front_page_made AFTER INSERT ON pages FOR EACH ROW WHEN (new.path = '')
    EXECUTE FUNCTION tell_of_everything();
CREATE TRIGGER front_page_moved AFTER UPDATE OF path ON pages FOR EACH ROW
    WHEN (old.path <> new.path AND (old.path = '' OR new.path = '')) EXECUTE FUNCTION tell_of_everything();
CREATE TRIGGER front_page_deleted AFTER DELETE ON pages FOR EACH ROW WHEN (old.path = '')
    EXECUTE FUNCTION tell_of_everything();
ALTER TABLE pages ENABLE ALWAYS TRIGGER front_page_made, ENABLE ALWAYS TRIGGER front_page_moved,
    ENABLE ALWAYS TRIGGER front_page_deleted;

DO $do$
BEGIN EXECUTE format('ALTER FUNCTION place_page() SET search_path = %I, pg_temp', current_schema()); END $do$;
