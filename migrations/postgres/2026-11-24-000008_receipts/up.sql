-- Pages with chosen readers that keep reading receipts. The page tells its readers.
CREATE TABLE receipt_pages (page_id BIGINT PRIMARY KEY);
CREATE TABLE receipts (
    page_id  BIGINT NOT NULL,
    user_id  BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    first_at TIMESTAMP NOT NULL,
    last_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (page_id, user_id)
);
CREATE INDEX receipts_by_user ON receipts (user_id);
CREATE FUNCTION tell_of_receipts() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM pg_notify('postern_changes', 'page ' || path) FROM pages
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN new.page_id ELSE old.page_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER receipts_wanted AFTER INSERT OR DELETE ON receipt_pages FOR EACH ROW EXECUTE FUNCTION tell_of_receipts();
CREATE TRIGGER receipts_emptied AFTER TRUNCATE ON receipt_pages
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
ALTER TABLE receipt_pages ENABLE ALWAYS TRIGGER receipts_wanted, ENABLE ALWAYS TRIGGER receipts_emptied;
