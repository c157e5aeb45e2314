-- The addresses of pages to which the text of a page links. Only Postern reads Markdown, so any change of a text
-- deletes its links, and the page stays in `links_unread` until Postern has read the text again.
CREATE TABLE links (
    page_id BIGINT NOT NULL,
    target  TEXT NOT NULL,
    PRIMARY KEY (page_id, target)
);
CREATE TABLE links_unread (page_id INTEGER PRIMARY KEY NOT NULL);
INSERT INTO links_unread SELECT id FROM pages;

CREATE TRIGGER links_of_new AFTER INSERT ON pages BEGIN
    DELETE FROM links WHERE page_id = new.id;
    INSERT INTO links_unread SELECT new.id WHERE new.id NOT IN (SELECT page_id FROM links_unread);
END;
CREATE TRIGGER links_of_changed AFTER UPDATE OF id, path, body ON pages
WHEN old.id <> new.id OR old.path <> new.path OR old.body <> new.body BEGIN
    DELETE FROM links WHERE page_id = old.id;
    DELETE FROM links_unread WHERE page_id = old.id;
    INSERT INTO links_unread SELECT new.id WHERE new.id NOT IN (SELECT page_id FROM links_unread);
END;
CREATE TRIGGER links_of_deleted AFTER DELETE ON pages BEGIN
    DELETE FROM links WHERE page_id = old.id;
    DELETE FROM links_unread WHERE page_id = old.id;
END;
