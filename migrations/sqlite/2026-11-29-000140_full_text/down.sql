DROP TRIGGER search_made;
DROP TRIGGER search_changed;
DROP TRIGGER search_deleted;
DROP TABLE full_text_unread;
DELETE FROM search;
INSERT INTO search (rowid, title, summary, body, path) SELECT id, title, summary, substr(body, 1, 200000), path FROM pages;
CREATE TRIGGER search_made AFTER INSERT ON pages BEGIN
    DELETE FROM search WHERE rowid = new.id;
    INSERT INTO search (rowid, title, summary, body, path)
    VALUES (new.id, new.title, new.summary, substr(new.body, 1, 200000), new.path);
END;
CREATE TRIGGER search_changed AFTER UPDATE OF id, title, summary, body, path ON pages BEGIN
    DELETE FROM search WHERE rowid = old.id;
    INSERT INTO search (rowid, title, summary, body, path)
    VALUES (new.id, new.title, new.summary, substr(new.body, 1, 200000), new.path);
END;
CREATE TRIGGER search_deleted AFTER DELETE ON pages BEGIN
    DELETE FROM search WHERE rowid = old.id;
END;
