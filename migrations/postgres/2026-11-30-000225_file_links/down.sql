DROP TABLE links;
CREATE TABLE links (
    page_id  BIGINT NOT NULL,
    target   TEXT COLLATE "C" NOT NULL,
    fragment TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (page_id, target, fragment)
);
INSERT INTO links_unread SELECT id FROM pages WHERE id NOT IN (SELECT page_id FROM links_unread);
