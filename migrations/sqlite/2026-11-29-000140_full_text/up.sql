-- The words of a text are made by Postern, in the same way for both databases. A page whose text changes waits here until it
-- is read, in the same transaction where Postern changes it. The numbers of the queue never come back: a transaction knows
-- its own pages by them.
CREATE TABLE full_text_unread (seq INTEGER PRIMARY KEY AUTOINCREMENT, page_id BIGINT NOT NULL UNIQUE);

DROP TRIGGER search_made;
DROP TRIGGER search_changed;
CREATE TRIGGER search_made AFTER INSERT ON pages BEGIN
    DELETE FROM search WHERE rowid = new.id;
    INSERT OR REPLACE INTO full_text_unread (page_id) VALUES (new.id);
END;
CREATE TRIGGER search_changed AFTER UPDATE OF id, title, summary, body, path ON pages
WHEN new.id <> old.id OR new.title <> old.title OR new.summary <> old.summary OR new.body <> old.body OR new.path <> old.path
BEGIN
    DELETE FROM search WHERE rowid = old.id;
    DELETE FROM full_text_unread WHERE page_id = old.id;
    INSERT OR REPLACE INTO full_text_unread (page_id) VALUES (new.id);
END;
DROP TRIGGER search_deleted;
CREATE TRIGGER search_deleted AFTER DELETE ON pages BEGIN
    DELETE FROM search WHERE rowid = old.id;
    DELETE FROM full_text_unread WHERE page_id = old.id;
END;

-- A running Postern reads all texts again. Until then, a page is found by the words that it had.
INSERT INTO full_text_unread (page_id) SELECT id FROM pages;
