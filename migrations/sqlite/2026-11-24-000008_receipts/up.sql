-- Pages with chosen readers that keep reading receipts. The page tells its readers.
CREATE TABLE receipt_pages (page_id INTEGER PRIMARY KEY NOT NULL);
CREATE TABLE receipts (
    page_id  BIGINT NOT NULL,
    user_id  BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    first_at TIMESTAMP NOT NULL,
    last_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (page_id, user_id)
) WITHOUT ROWID;
CREATE INDEX receipts_by_user ON receipts (user_id);
CREATE TRIGGER receipts_wanted AFTER INSERT ON receipt_pages
BEGIN INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = new.page_id; END;
CREATE TRIGGER receipts_unwanted AFTER DELETE ON receipt_pages
BEGIN INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = old.page_id; END;
