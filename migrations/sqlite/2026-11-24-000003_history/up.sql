-- The state of a page after each save. A revision outlives the accounts of its authors and the page's time in the
-- trash, so there is no foreign key.
CREATE TABLE revisions (
    id           INTEGER PRIMARY KEY NOT NULL,
    page_id      BIGINT NOT NULL,
    version      BIGINT NOT NULL CHECK (version >= 1),
    at           TIMESTAMP NOT NULL,
    actor        TEXT NOT NULL,
    note         TEXT NOT NULL DEFAULT '',
    detail       TEXT NOT NULL DEFAULT '',
    path         TEXT NOT NULL,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    body         TEXT NOT NULL,
    private      BOOLEAN NOT NULL,
    show_title   BOOLEAN NOT NULL,
    list_below   BOOLEAN NOT NULL,
    published_at TIMESTAMP NOT NULL,
    UNIQUE (page_id, version)
);
CREATE TRIGGER revisions_are_not_changed BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is not changed'); END;
INSERT INTO revisions (id, page_id, version, at, actor, detail, path, title, summary, body, private, show_title,
                       list_below, published_at)
SELECT id, id, version, updated_at, '', 'as it was when its history began', path, title, summary, body, private, show_title,
       list_below, published_at
FROM pages;

-- Deleted pages, until they are restored or purged. They have a table of their own, so that no query for readers can
-- forget to leave them out.
CREATE TABLE trash (
    id           INTEGER PRIMARY KEY NOT NULL,
    path         TEXT NOT NULL,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    body         TEXT NOT NULL,
    private      BOOLEAN NOT NULL,
    show_title   BOOLEAN NOT NULL,
    list_below   BOOLEAN NOT NULL,
    published_at TIMESTAMP NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL,
    version      BIGINT NOT NULL,
    deleted_at   TIMESTAMP NOT NULL,
    deleted_by   TEXT NOT NULL
);
CREATE INDEX trash_by_time ON trash (deleted_at);

-- The paths at which pages lived before they moved. Each leads to a page and not to a path, so a chain of moves is one
-- redirect.
CREATE TABLE old_paths (
    path    TEXT PRIMARY KEY NOT NULL,
    page_id BIGINT NOT NULL,
    left_at TIMESTAMP NOT NULL
);
CREATE INDEX old_paths_by_page ON old_paths (page_id);
