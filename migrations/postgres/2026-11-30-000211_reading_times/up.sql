-- The minutes that the text of a page takes to read, if there is more than one. Only Postern reads Markdown: it fills the table
-- as it fills that of the links, and reads all texts once more for it.
CREATE TABLE reading_times (
    page_id BIGINT PRIMARY KEY,
    minutes BIGINT NOT NULL
);
INSERT INTO links_unread SELECT id FROM pages ON CONFLICT DO NOTHING;
