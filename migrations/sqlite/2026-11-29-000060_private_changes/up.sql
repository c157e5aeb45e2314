-- A change that only signed-in people can see is announced as 'private', and empties no cache of what strangers see: they
-- could tell from the time of the next answer that a private page beside it was saved.
DROP TABLE changes;
CREATE TABLE changes (
    id    INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    nonce INTEGER NOT NULL DEFAULT (random()),
    kind  TEXT NOT NULL CHECK (kind IN ('page', 'private', 'user', 'site')),
    name  TEXT NOT NULL
);
CREATE TRIGGER changes_are_few AFTER INSERT ON changes WHEN new.id % 100 = 0
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;
INSERT INTO changes (kind, name) VALUES ('site', '');

DROP TRIGGER page_changed;
CREATE TRIGGER page_changed AFTER UPDATE ON pages
WHEN old.path = new.path AND (SELECT kind || ' ' || name FROM changes ORDER BY id DESC LIMIT 1) IS NOT 'site begun'
BEGIN
    INSERT INTO changes (kind, name)
    VALUES (CASE WHEN old.private AND new.private AND NOT old.show_title AND NOT new.show_title
                 AND old.published_at IS new.published_at AND old.unpublish_at IS new.unpublish_at
            THEN 'private' ELSE 'page' END, new.path);
END;

-- Drafts and receipts are seen by editors and by readers who signed in.
DROP TRIGGER draft_made;
DROP TRIGGER draft_moved;
DROP TRIGGER draft_deleted;
CREATE TRIGGER draft_made AFTER INSERT ON drafts WHEN new.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('private', new.path); END;
CREATE TRIGGER draft_moved AFTER UPDATE OF path ON drafts WHEN old.path IS NOT new.path
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'private', path FROM (SELECT old.path AS path UNION ALL SELECT new.path) WHERE path IS NOT NULL;
END;
CREATE TRIGGER draft_deleted AFTER DELETE ON drafts WHEN old.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('private', old.path); END;
DROP TRIGGER receipts_wanted;
DROP TRIGGER receipts_unwanted;
CREATE TRIGGER receipts_wanted AFTER INSERT ON receipt_pages
BEGIN INSERT INTO changes (kind, name) SELECT 'private', path FROM pages WHERE id = new.page_id; END;
CREATE TRIGGER receipts_unwanted AFTER DELETE ON receipt_pages
BEGIN INSERT INTO changes (kind, name) SELECT 'private', path FROM pages WHERE id = old.page_id; END;
