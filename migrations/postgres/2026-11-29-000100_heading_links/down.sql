DROP TABLE links;
CREATE TABLE links (
    page_id BIGINT NOT NULL,
    target  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (page_id, target)
);
INSERT INTO links_unread SELECT id FROM pages ON CONFLICT DO NOTHING;
