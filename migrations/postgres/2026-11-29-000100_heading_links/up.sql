-- A link also names the heading to which it leads. Links are read from the texts, so all are read again.
DROP TABLE links;
CREATE TABLE links (
    page_id  BIGINT NOT NULL,
    target   TEXT COLLATE "C" NOT NULL,
    fragment TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (page_id, target, fragment)
);
INSERT INTO links_unread SELECT id FROM pages ON CONFLICT DO NOTHING;
