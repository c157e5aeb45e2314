-- Groups of users under one name. Their keys are below 2^53, as are all keys that the application makes.
CREATE TABLE groups (
    id         INTEGER PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    version    BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);
CREATE TABLE group_members (
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX group_members_by_user ON group_members (user_id);

-- The readers that an author chose. There is no foreign key to pages, because a page in the trash keeps its readers.
CREATE TABLE page_people (
    page_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (page_id, user_id)
) WITHOUT ROWID;
CREATE INDEX page_people_by_user ON page_people (user_id);
CREATE TABLE page_groups (
    page_id  BIGINT NOT NULL,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (page_id, group_id)
) WITHOUT ROWID;
CREATE INDEX page_groups_by_group ON page_groups (group_id);

-- `audience` is the author's choice; `private` and `readers_from` are the result after inheritance. If `private` is
-- false, everybody reads the page. If it is true and `readers_from` is NULL, every signed-in user does. If both are
-- set, the readers are those that page_people and page_groups list for the page with the key `readers_from`. The
-- application writes the result for a page and the pages that inherit from it in one transaction, and counts that write
-- in `settled`. A change of `private` without a new count is a change by SQL: it becomes the page's own audience, and
-- applies to the pages that inherit it.
ALTER TABLE pages ADD COLUMN audience TEXT NOT NULL DEFAULT 'public'
    CHECK (audience IN ('inherited', 'public', 'signed-in', 'chosen'));
ALTER TABLE pages ADD COLUMN readers_from BIGINT;
ALTER TABLE pages ADD COLUMN settled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN unpublish_at TIMESTAMP;
UPDATE pages SET audience = 'signed-in' WHERE private;
CREATE INDEX pages_by_readers ON pages (readers_from);
ALTER TABLE trash ADD COLUMN audience TEXT NOT NULL DEFAULT 'public';
ALTER TABLE trash ADD COLUMN unpublish_at TIMESTAMP;
UPDATE trash SET audience = 'signed-in' WHERE private;
-- `readers` holds names, one on each line, with the word `group` before the name of a group: a revision outlives the
-- accounts and groups that it names.
ALTER TABLE revisions ADD COLUMN audience TEXT NOT NULL DEFAULT 'public';
ALTER TABLE revisions ADD COLUMN readers TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN unpublish_at TIMESTAMP;
DROP TRIGGER revisions_are_not_changed;
UPDATE revisions SET audience = 'signed-in' WHERE private;
CREATE TRIGGER revisions_are_not_changed BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is not changed'); END;

-- The pages that each principal finds in lists, newest first, so that the first 20 cost the same on a site of any size.
-- A page has one row for each of its principals in each section above it, '' included. The principals are: 'everybody',
-- 'signed-in' or, for its editors, 'chosen'; each chosen person (u and the key) and group (g and the key); and 'title'
-- for visitors who see only its title. Triggers maintain the table for every writer.
CREATE TABLE listings (
    principal    TEXT NOT NULL,
    section      TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    path         TEXT NOT NULL,
    unpublish_at TIMESTAMP,
    page_id      BIGINT NOT NULL,
    PRIMARY KEY (principal, section, published_at DESC, path)
) WITHOUT ROWID;
CREATE INDEX listings_by_page ON listings (page_id);
-- The positions at which a path can have a slash.
CREATE TABLE path_positions (at INTEGER PRIMARY KEY NOT NULL);
WITH RECURSIVE numbers (at) AS (SELECT 2 UNION ALL SELECT at + 1 FROM numbers WHERE at < 200)
INSERT INTO path_positions SELECT at FROM numbers;
CREATE VIEW page_principals (page_id, principal) AS
SELECT id, CASE WHEN NOT private THEN 'everybody' WHEN readers_from IS NULL THEN 'signed-in' ELSE 'chosen' END FROM pages
UNION ALL SELECT id, 'title' FROM pages WHERE private AND show_title
UNION ALL SELECT id, 'u' || user_id FROM pages JOIN page_people ON page_people.page_id = readers_from WHERE private
UNION ALL SELECT id, 'g' || group_id FROM pages JOIN page_groups ON page_groups.page_id = readers_from WHERE private;
CREATE VIEW page_sections (page_id, section) AS
SELECT id, '' FROM pages
UNION ALL SELECT id, substr(path, 1, at - 1) FROM pages, path_positions WHERE at <= length(path) AND substr(path, at, 1) = '/';
CREATE VIEW page_listings AS
SELECT principal, section, published_at, path, unpublish_at, id AS page_id
FROM pages
JOIN page_principals ON page_principals.page_id = id
JOIN page_sections ON page_sections.page_id = id;
INSERT INTO listings SELECT * FROM page_listings;

CREATE TRIGGER private_from_hand AFTER INSERT ON pages WHEN new.settled = 0 AND new.audience = 'public' AND new.private
BEGIN UPDATE pages SET audience = 'signed-in' WHERE id = new.id; END;
CREATE TRIGGER private_by_hand AFTER UPDATE OF private ON pages
WHEN new.private <> old.private AND new.settled = old.settled AND new.audience = old.audience
BEGIN
    UPDATE pages SET audience = CASE WHEN new.private THEN 'signed-in' ELSE 'public' END, readers_from = NULL
    WHERE id = new.id;
    UPDATE pages SET private = new.private, readers_from = NULL, settled = settled + 1
    WHERE audience = 'inherited'
    AND CASE new.path WHEN '' THEN path <> '' ELSE path > new.path || '/' AND path < new.path || '0' END
    AND NOT EXISTS (
        SELECT 1 FROM page_sections JOIN pages nearer ON nearer.path = section
        WHERE page_id = pages.id AND length(section) > length(new.path) AND nearer.audience <> 'inherited'
    );
END;

-- INSERT OR REPLACE fires no other trigger for the row that it removes.
CREATE TRIGGER page_unlisted_before BEFORE INSERT ON pages BEGIN DELETE FROM listings WHERE page_id = new.id; END;
CREATE TRIGGER page_listed AFTER INSERT ON pages
BEGIN INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id; END;
CREATE TRIGGER page_listed_anew
AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
END;
CREATE TRIGGER page_unlisted AFTER DELETE ON pages BEGIN DELETE FROM listings WHERE page_id = old.id; END;

-- `changes` has pages, users and the site; a change of the site makes every process empty its cache.
CREATE TRIGGER person_chosen AFTER INSERT ON page_people
BEGIN
    INSERT INTO listings
    SELECT 'u' || new.user_id, section, l.published_at, l.path, l.unpublish_at, page_id
    FROM pages JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
CREATE TRIGGER person_left AFTER DELETE ON page_people
BEGIN
    DELETE FROM listings
    WHERE principal = 'u' || old.user_id AND page_id IN (SELECT id FROM pages WHERE readers_from = old.page_id);
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
CREATE TRIGGER group_chosen AFTER INSERT ON page_groups
BEGIN
    INSERT INTO listings
    SELECT 'g' || new.group_id, section, l.published_at, l.path, l.unpublish_at, page_id
    FROM pages JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
CREATE TRIGGER group_left AFTER DELETE ON page_groups
BEGIN
    DELETE FROM listings
    WHERE principal = 'g' || old.group_id AND page_id IN (SELECT id FROM pages WHERE readers_from = old.page_id);
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
CREATE TRIGGER people_are_not_changed BEFORE UPDATE ON page_people
BEGIN SELECT RAISE(ABORT, 'a row of page_people is deleted and made anew, not changed'); END;
CREATE TRIGGER groups_are_not_changed BEFORE UPDATE ON page_groups
BEGIN SELECT RAISE(ABORT, 'a row of page_groups is deleted and made anew, not changed'); END;
CREATE TRIGGER members_are_not_changed BEFORE UPDATE ON group_members
BEGIN SELECT RAISE(ABORT, 'a row of group_members is deleted and made anew, not changed'); END;

-- A user's membership in a group is part of the user's rights.
CREATE TRIGGER member_added AFTER INSERT ON group_members
BEGIN INSERT INTO changes (kind, name) SELECT 'user', name FROM users WHERE id = new.user_id; END;
CREATE TRIGGER member_removed AFTER DELETE ON group_members
BEGIN INSERT INTO changes (kind, name) SELECT 'user', name FROM users WHERE id = old.user_id; END;
CREATE TRIGGER group_made AFTER INSERT ON groups BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER group_changed AFTER UPDATE ON groups BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER group_deleted AFTER DELETE ON groups BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
