-- A link also names the file of a page to which it leads. Links are read from the texts, so all are read again.
DROP TABLE links;
CREATE TABLE links (
    page_id  BIGINT NOT NULL,
    target   TEXT COLLATE "C" NOT NULL,
    fragment TEXT COLLATE "C" NOT NULL,
    file     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (page_id, target, fragment, file)
);
INSERT INTO links_unread SELECT id FROM pages ON CONFLICT DO NOTHING;
