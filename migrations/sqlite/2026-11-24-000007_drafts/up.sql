-- From its end on, unpublish_at, a page exists for editors only.
CREATE INDEX pages_by_end ON pages (unpublish_at) WHERE unpublish_at IS NOT NULL;
CREATE TRIGGER page_ends_are_moments BEFORE INSERT ON pages
WHEN new.unpublish_at IS NOT NULL AND (length(new.unpublish_at) < 16 OR datetime(new.unpublish_at) IS NULL)
BEGIN SELECT RAISE(ABORT, 'unpublish_at is a moment, such as 2026-03-01 09:30:00'); END;
CREATE TRIGGER page_ends_stay_moments BEFORE UPDATE OF unpublish_at ON pages
WHEN new.unpublish_at IS NOT NULL AND (length(new.unpublish_at) < 16 OR datetime(new.unpublish_at) IS NULL)
BEGIN SELECT RAISE(ABORT, 'unpublish_at is a moment, such as 2026-03-01 09:30:00'); END;

-- The zone in which people type and see moments; the database stores UTC.
ALTER TABLE site ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- The input of forms that is not published: of pages that readers do not have yet, or of published pages. Drafts have a
-- table of their own, so that no query for readers can forget to leave them out.
CREATE TABLE drafts (
    page_id  INTEGER PRIMARY KEY NOT NULL,
    path     TEXT,
    title    TEXT NOT NULL,
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
CREATE TRIGGER draft_made AFTER INSERT ON drafts WHEN new.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('page', new.path); END;
CREATE TRIGGER draft_moved AFTER UPDATE OF path ON drafts WHEN old.path IS NOT new.path
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'page', path FROM (SELECT old.path AS path UNION ALL SELECT new.path) WHERE path IS NOT NULL;
END;
CREATE TRIGGER draft_deleted AFTER DELETE ON drafts WHEN old.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path); END;
