-- From its end on, unpublish_at, a page exists for editors only.
CREATE INDEX pages_by_end ON pages (unpublish_at) WHERE unpublish_at IS NOT NULL;

-- The zone in which moments are typed and shown; the database keeps UTC.
ALTER TABLE site ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- What was typed and is not published: of a page that readers do not have yet, or over one that they have. A table of
-- its own: no query for readers can forget to leave it out.
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

-- Where a draft is tells editors what they see at its path; what stands in it is kept in no memory.
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
