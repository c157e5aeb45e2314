-- Options of a page: its number among the pages beside it, the order of the pages below it, and what it leaves out. A page
-- with the default options has no row. There is no foreign key, because a page in the trash keeps its options.
CREATE TABLE placements (
    page_id        INTEGER PRIMARY KEY NOT NULL,
    position       BIGINT CHECK (position BETWEEN 1 AND 999999),
    children       TEXT NOT NULL DEFAULT 'date' CHECK (children IN ('date', 'title', 'hand')),
    hides_contents BOOLEAN NOT NULL DEFAULT FALSE CHECK (hides_contents IN (0, 1)),
    hides_sidebar  BOOLEAN NOT NULL DEFAULT FALSE CHECK (hides_sidebar IN (0, 1))
);

-- The row of a page in the section of its parent path has the keys by which sidebars sort. Other rows have no `title_key`.
-- Pages without a number come last.
ALTER TABLE listings ADD COLUMN title_key TEXT;
ALTER TABLE listings ADD COLUMN position BIGINT NOT NULL DEFAULT 1000000;
UPDATE listings SET title_key = (SELECT lower(title) FROM pages WHERE id = page_id)
WHERE section <> '' AND instr(substr(path, length(section) + 2), '/') = 0;
CREATE INDEX listings_by_title ON listings (principal, section, title_key, path) WHERE title_key IS NOT NULL;
CREATE INDEX listings_by_position ON listings (principal, section, position, title_key, path) WHERE title_key IS NOT NULL;
CREATE INDEX listings_beside_by_date ON listings (principal, section, published_at, path) WHERE title_key IS NOT NULL;

DROP VIEW page_listings;
CREATE VIEW page_listings AS
SELECT principal, section, published_at, path, unpublish_at, id AS page_id,
       CASE WHEN section <> '' AND instr(substr(path, length(section) + 2), '/') = 0 THEN lower(title) END AS title_key,
       CASE WHEN section <> '' AND instr(substr(path, length(section) + 2), '/') = 0 THEN coalesce(position, 1000000)
            ELSE 1000000 END AS position
FROM pages
JOIN page_principals ON page_principals.page_id = id
JOIN page_sections ON page_sections.page_id = id
LEFT JOIN placements ON placements.page_id = id;

-- As before, with the new columns.
DROP TRIGGER page_listed_anew;
CREATE TRIGGER page_listed_anew
AFTER UPDATE OF id, path, title, private, readers_from, show_title, published_at, unpublish_at ON pages
WHEN new.private AND (new.readers_from IS NOT NULL OR new.show_title)
AND (old.id <> new.id OR old.path <> new.path OR old.title <> new.title OR NOT old.private
     OR old.readers_from IS NOT new.readers_from OR old.show_title <> new.show_title
     OR old.published_at <> new.published_at OR old.unpublish_at IS NOT new.unpublish_at)
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
END;
DROP TRIGGER page_listed_without_readers;
CREATE TRIGGER page_listed_without_readers
AFTER UPDATE OF id, path, title, private, readers_from, show_title, published_at, unpublish_at ON pages
WHEN NOT (new.private AND (new.readers_from IS NOT NULL OR new.show_title))
AND (old.id <> new.id OR old.path <> new.path OR old.title <> new.title OR old.private <> new.private
     OR old.readers_from IS NOT new.readers_from OR old.show_title <> new.show_title
     OR old.published_at <> new.published_at OR old.unpublish_at IS NOT new.unpublish_at)
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings
    SELECT CASE WHEN NOT private THEN 'everybody' WHEN readers_from IS NULL THEN 'signed-in' ELSE 'chosen' END,
           substr(path, 1, max(at - 1, 0)), published_at, path, unpublish_at, id,
           CASE WHEN at > 0 AND instr(substr(path, at + 1), '/') = 0 THEN lower(title) END,
           CASE WHEN at > 0 AND instr(substr(path, at + 1), '/') = 0
                THEN coalesce((SELECT position FROM placements WHERE page_id = new.id), 1000000) ELSE 1000000 END
    FROM pages JOIN path_positions ON at <= length(path) AND (at = 0 OR substr(path, at, 1) = '/')
    WHERE id = new.id;
END;
DROP TRIGGER person_chosen;
CREATE TRIGGER person_chosen AFTER INSERT ON page_people
BEGIN
    INSERT INTO listings
    SELECT 'u' || new.user_id, section, l.published_at, l.path, l.unpublish_at, page_id, l.title_key, l.position
    FROM pages JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
DROP TRIGGER group_chosen;
CREATE TRIGGER group_chosen AFTER INSERT ON page_groups
BEGIN
    INSERT INTO listings
    SELECT 'g' || new.group_id, section, l.published_at, l.path, l.unpublish_at, page_id, l.title_key, l.position
    FROM pages JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;

-- The options of a page show on the pages beside it and below it.
CREATE TRIGGER placement_made AFTER INSERT ON placements
BEGIN
    UPDATE listings SET position = coalesce(new.position, 1000000) WHERE page_id = new.page_id AND title_key IS NOT NULL;
    INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = new.page_id;
END;
CREATE TRIGGER placement_changed AFTER UPDATE ON placements
BEGIN
    UPDATE listings SET position = 1000000 WHERE page_id = old.page_id AND title_key IS NOT NULL;
    UPDATE listings SET position = coalesce(new.position, 1000000) WHERE page_id = new.page_id AND title_key IS NOT NULL;
    INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id IN (old.page_id, new.page_id);
END;
CREATE TRIGGER placement_deleted AFTER DELETE ON placements
BEGIN
    UPDATE listings SET position = 1000000 WHERE page_id = old.page_id AND title_key IS NOT NULL;
    INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = old.page_id;
END;
