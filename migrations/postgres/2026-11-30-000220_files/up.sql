-- The bytes of files, in parts of at most 256 KiB, stored once for each hash (SHA-256, hexadecimal). `hash` is NULL while an
-- upload is in progress. `unused_since` is set while no file has the content, and it is deleted a day later.
CREATE TABLE contents (
    id           BIGINT PRIMARY KEY,
    hash         TEXT UNIQUE,
    bytes        BIGINT NOT NULL,
    width        BIGINT,
    height       BIGINT,
    unused_since TIMESTAMP
);
CREATE TABLE content_parts (
    content_id BIGINT NOT NULL REFERENCES contents ON DELETE CASCADE,
    number     BIGINT NOT NULL,
    bytes      BYTEA NOT NULL,
    PRIMARY KEY (content_id, number)
);
-- Most files are compressed already.
ALTER TABLE content_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
-- The files of pages. Readers have a file from the version `since` of its page until the version `until`; a file without
-- `since` waits for its page to be published, and one that `leaves` goes then.
CREATE TABLE files (
    id          BIGINT PRIMARY KEY,
    page_id     BIGINT NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    content_id  BIGINT NOT NULL REFERENCES contents,
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
    content_id   BIGINT NOT NULL REFERENCES contents ON DELETE CASCADE,
    width        BIGINT NOT NULL,
    rendition_id BIGINT REFERENCES contents,
    PRIMARY KEY (content_id, width)
);
CREATE INDEX renditions_by_rendition ON renditions (rendition_id);

CREATE FUNCTION tell_of_file() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    old_page bigint := CASE WHEN TG_OP <> 'INSERT' AND old.since IS NOT NULL THEN old.page_id END;
    new_page bigint := CASE WHEN TG_OP <> 'DELETE' AND new.since IS NOT NULL THEN new.page_id END;
BEGIN
    PERFORM pg_notify('postern_changes', CASE WHEN private THEN 'private ' ELSE 'page ' END || path) FROM pages
    WHERE id IN (old_page, new_page);
    RETURN NULL;
END $$;
CREATE FUNCTION tell_of_rendition() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM pg_notify('postern_changes', CASE WHEN private THEN 'private ' ELSE 'page ' END || path) FROM pages
    WHERE id IN (SELECT page_id FROM files WHERE content_id = new.content_id AND since IS NOT NULL AND until IS NULL);
    RETURN NULL;
END $$;
DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tell_of_file', 'tell_of_rendition'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;
CREATE TRIGGER file_changed AFTER INSERT OR UPDATE OR DELETE ON files FOR EACH ROW EXECUTE FUNCTION tell_of_file();
CREATE TRIGGER files_emptied AFTER TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
ALTER TABLE files ENABLE ALWAYS TRIGGER file_changed, ENABLE ALWAYS TRIGGER files_emptied;
CREATE TRIGGER rendition_made AFTER INSERT ON renditions FOR EACH ROW EXECUTE FUNCTION tell_of_rendition();
ALTER TABLE renditions ENABLE ALWAYS TRIGGER rendition_made;
