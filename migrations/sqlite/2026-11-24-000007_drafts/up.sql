-- From its end on, unpublish_at, a page exists for editors only.
CREATE INDEX pages_by_end ON pages (unpublish_at) WHERE unpublish_at IS NOT NULL;
CREATE TRIGGER page_ends_are_moments BEFORE INSERT ON pages
WHEN new.unpublish_at IS NOT NULL AND (length(new.unpublish_at) < 16 OR datetime(new.unpublish_at) IS NULL)
BEGIN SELECT RAISE(ABORT, 'unpublish_at is a moment, such as 2026-03-01 09:30:00'); END;
CREATE TRIGGER page_ends_stay_moments BEFORE UPDATE OF unpublish_at ON pages
WHEN new.unpublish_at IS NOT NULL AND (length(new.unpublish_at) < 16 OR datetime(new.unpublish_at) IS NULL)
BEGIN SELECT RAISE(ABORT, 'unpublish_at is a moment, such as 2026-03-01 09:30:00'); END;

-- The zone in which moments are typed and shown; the database keeps UTC.
ALTER TABLE site ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- What was typed and is not published: of a page that readers do not have yet, or over one that they have. A table of
-- its own: no query for readers can forget to leave it out.
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

-- Where a draft is tells editors what they see at its path; what stands in it is kept in no memory.
CREATE TRIGGER draft_made AFTER INSERT ON drafts WHEN new.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('page', new.path); END;
CREATE TRIGGER draft_moved AFTER UPDATE OF path ON drafts WHEN old.path IS NOT new.path
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'page', path FROM (SELECT old.path AS path UNION ALL SELECT new.path) WHERE path IS NOT NULL;
END;
CREATE TRIGGER draft_deleted AFTER DELETE ON drafts WHEN old.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path); END;
