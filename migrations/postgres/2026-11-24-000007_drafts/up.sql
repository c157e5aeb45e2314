-- From its end on, unpublish_at, a page exists for editors only.
CREATE INDEX pages_by_end ON pages (unpublish_at) WHERE unpublish_at IS NOT NULL;

-- The zone in which people type and see moments; the database stores UTC.
ALTER TABLE site ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- The input of forms that is not published: of pages that readers do not have yet, or of published pages. Drafts have a
-- table of their own, so that no query for readers can forget to leave them out.
CREATE TABLE drafts (
    page_id  BIGINT PRIMARY KEY,
    path     TEXT COLLATE "C",
    title    TEXT COLLATE "C" NOT NULL,
    typed    TEXT NOT NULL,
    based_on BIGINT NOT NULL,
    form     BIGINT NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    saved_by TEXT NOT NULL,
    version  BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX drafts_by_path ON drafts (path);
CREATE INDEX drafts_by_form ON drafts (form);

-- The path of a draft decides what editors see at that path, so its changes are announced. No process caches the
-- content of a draft.
CREATE FUNCTION tell_of_draft() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    left_path text := CASE WHEN TG_OP <> 'INSERT' THEN old.path END;
    path text := CASE WHEN TG_OP <> 'DELETE' THEN new.path END;
BEGIN
    IF left_path IS DISTINCT FROM path THEN
        IF left_path IS NOT NULL THEN PERFORM pg_notify('postern_changes', 'page ' || left_path); END IF;
        IF path IS NOT NULL THEN PERFORM pg_notify('postern_changes', 'page ' || path); END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER draft_changed AFTER INSERT OR UPDATE OR DELETE ON drafts
    FOR EACH ROW EXECUTE FUNCTION tell_of_draft();
CREATE TRIGGER drafts_emptied AFTER TRUNCATE ON drafts FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
ALTER TABLE drafts ENABLE ALWAYS TRIGGER draft_changed, ENABLE ALWAYS TRIGGER drafts_emptied;
