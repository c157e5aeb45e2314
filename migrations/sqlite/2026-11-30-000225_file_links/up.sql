-- A link also names the file of a page to which it leads. Links are read from the texts, so all are read again.
DROP TABLE links;
CREATE TABLE links (
    page_id  BIGINT NOT NULL,
    target   TEXT NOT NULL,
    fragment TEXT NOT NULL,
    file     TEXT NOT NULL,
    PRIMARY KEY (page_id, target, fragment, file)
);
INSERT INTO links_unread SELECT id FROM pages WHERE id NOT IN (SELECT page_id FROM links_unread);
