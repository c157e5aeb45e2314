DROP TRIGGER receipts_unwanted;
DROP TRIGGER receipts_wanted;
CREATE TRIGGER receipts_wanted AFTER INSERT ON receipt_pages
BEGIN INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = new.page_id; END;
CREATE TRIGGER receipts_unwanted AFTER DELETE ON receipt_pages
BEGIN INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = old.page_id; END;
DROP TRIGGER draft_deleted;
DROP TRIGGER draft_moved;
DROP TRIGGER draft_made;
CREATE TRIGGER draft_made AFTER INSERT ON drafts WHEN new.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('page', new.path); END;
CREATE TRIGGER draft_moved AFTER UPDATE OF path ON drafts WHEN old.path IS NOT new.path
BEGIN
    INSERT INTO changes (kind, name)
    SELECT 'page', path FROM (SELECT old.path AS path UNION ALL SELECT new.path) WHERE path IS NOT NULL;
END;
CREATE TRIGGER draft_deleted AFTER DELETE ON drafts WHEN old.path IS NOT NULL
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path); END;
DROP TRIGGER page_changed;
CREATE TRIGGER page_changed AFTER UPDATE ON pages
WHEN old.path = new.path AND (SELECT kind || ' ' || name FROM changes ORDER BY id DESC LIMIT 1) IS NOT 'site begun'
BEGIN INSERT INTO changes (kind, name) VALUES ('page', new.path); END;
DROP TABLE changes;
CREATE TABLE changes (
    id    INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    nonce INTEGER NOT NULL DEFAULT (random()),
    kind  TEXT NOT NULL CHECK (kind IN ('page', 'user', 'site')),
    name  TEXT NOT NULL
);
CREATE TRIGGER changes_are_few AFTER INSERT ON changes WHEN new.id % 100 = 0
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;
INSERT INTO changes (kind, name) VALUES ('site', '');
