-- The bytes of files, in parts of at most 256 KiB, stored once for each hash (SHA-256, hexadecimal). `hash` is NULL while an
-- upload is in progress. `unused_since` is set while no file has the content, and it is deleted a day later.
CREATE TABLE contents (
    id           INTEGER PRIMARY KEY NOT NULL,
    hash         TEXT UNIQUE,
    bytes        BIGINT NOT NULL,
    width        BIGINT,
    height       BIGINT,
    unused_since TIMESTAMP
);
CREATE TABLE content_parts (
    content_id BIGINT NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (content_id, number)
);
-- The files of pages. Readers have a file from the version `since` of its page until the version `until`; a file without
-- `since` waits for its page to be published, and one that `leaves` goes then.
CREATE TABLE files (
    id          INTEGER PRIMARY KEY NOT NULL,
    page_id     BIGINT NOT NULL,
    name        TEXT NOT NULL,
    content_id  BIGINT NOT NULL REFERENCES contents (id),
    alt         TEXT NOT NULL,
    since       BIGINT,
    until       BIGINT,
    leaves      BOOLEAN NOT NULL DEFAULT FALSE,
    uploaded_at TIMESTAMP NOT NULL,
    uploaded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX files_live ON files (page_id, name) WHERE since IS NOT NULL AND until IS NULL;
CREATE UNIQUE INDEX files_waiting ON files (page_id, name) WHERE since IS NULL;
CREATE INDEX files_by_page ON files (page_id, name);
CREATE INDEX files_by_content ON files (content_id);
-- Smaller copies of pictures; `rendition_id` is NULL where none can be made.
CREATE TABLE renditions (
    content_id   BIGINT NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    width        BIGINT NOT NULL,
    rendition_id BIGINT REFERENCES contents (id),
    PRIMARY KEY (content_id, width)
) WITHOUT ROWID;
CREATE INDEX renditions_by_rendition ON renditions (rendition_id);

CREATE TRIGGER file_added AFTER INSERT ON files WHEN new.since IS NOT NULL
BEGIN
    INSERT INTO changes (kind, name)
    SELECT CASE WHEN private THEN 'private' ELSE 'page' END, path FROM pages WHERE id = new.page_id;
END;
CREATE TRIGGER file_changed AFTER UPDATE ON files WHEN old.since IS NOT NULL OR new.since IS NOT NULL
BEGIN
    INSERT INTO changes (kind, name)
    SELECT CASE WHEN private THEN 'private' ELSE 'page' END, path FROM pages WHERE id IN (old.page_id, new.page_id);
END;
CREATE TRIGGER file_deleted AFTER DELETE ON files WHEN old.since IS NOT NULL
BEGIN
    INSERT INTO changes (kind, name)
    SELECT CASE WHEN private THEN 'private' ELSE 'page' END, path FROM pages WHERE id = old.page_id;
END;
CREATE TRIGGER rendition_made AFTER INSERT ON renditions
BEGIN
    INSERT INTO changes (kind, name)
    SELECT DISTINCT CASE WHEN private THEN 'private' ELSE 'page' END, path FROM pages
    WHERE id IN (SELECT page_id FROM files WHERE content_id = new.content_id AND since IS NOT NULL AND until IS NULL);
END;
