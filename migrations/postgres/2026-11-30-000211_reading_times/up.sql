-- The minutes that the text of a page takes to read, if there is more than one. Only Postern reads Markdown: it fills the table
-- as it fills that of the links, and reads all texts once more for it.
CREATE TABLE reading_times (
    page_id BIGINT PRIMARY KEY,
    minutes BIGINT NOT NULL
);
INSERT INTO links_unread SELECT id FROM pages WHERE id NOT IN (SELECT page_id FROM links_unread);

-- On a subscriber the rows are made from its own texts.
CREATE TRIGGER made_here BEFORE INSERT OR UPDATE OR DELETE ON reading_times FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION made_here();
ALTER TABLE reading_times ENABLE REPLICA TRIGGER made_here;
