-- The words of pages, by pages.id; only the panel searches those of the path. The table keeps a copy of the texts, of
-- which the first 200,000 characters count. An index over `pages` itself could not remove its entries when INSERT OR
-- REPLACE removes a row, and SQLite before 3.43, which operators still have, cannot write to one without content.
CREATE VIRTUAL TABLE search USING fts5 (
    title, summary, body, path, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'", prefix = '3'
);
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
