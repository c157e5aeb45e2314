DROP TABLE placements;
DROP INDEX listings_by_title;
DROP INDEX listings_by_position;
DROP INDEX listings_beside_by_date;
DROP TRIGGER page_listed;
DROP TRIGGER page_listed_anew;
DROP TRIGGER page_listed_without_readers;
DROP TRIGGER person_chosen;
DROP TRIGGER group_chosen;
DROP VIEW page_listings;
ALTER TABLE listings DROP COLUMN title_key;
ALTER TABLE listings DROP COLUMN position;
CREATE VIEW page_listings AS
SELECT principal, section, published_at, path, unpublish_at, id AS page_id
FROM pages
JOIN page_principals ON page_principals.page_id = id
JOIN page_sections ON page_sections.page_id = id;
CREATE TRIGGER page_listed AFTER INSERT ON pages
BEGIN INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id; END;
CREATE TRIGGER page_listed_anew
AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
WHEN new.private AND (new.readers_from IS NOT NULL OR new.show_title)
AND (old.id <> new.id OR old.path <> new.path OR NOT old.private OR old.readers_from IS NOT new.readers_from
     OR old.show_title <> new.show_title OR old.published_at <> new.published_at
     OR old.unpublish_at IS NOT new.unpublish_at)
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
END;
CREATE TRIGGER page_listed_without_readers
AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
WHEN NOT (new.private AND (new.readers_from IS NOT NULL OR new.show_title))
AND (old.id <> new.id OR old.path <> new.path OR old.private <> new.private OR old.readers_from IS NOT new.readers_from
     OR old.show_title <> new.show_title OR old.published_at <> new.published_at
     OR old.unpublish_at IS NOT new.unpublish_at)
BEGIN
    DELETE FROM listings WHERE page_id = old.id;
    INSERT INTO listings
    SELECT CASE WHEN NOT private THEN 'everybody' WHEN readers_from IS NULL THEN 'signed-in' ELSE 'chosen' END,
           substr(path, 1, max(at - 1, 0)), published_at, path, unpublish_at, id
    FROM pages JOIN path_positions ON at <= length(path) AND (at = 0 OR substr(path, at, 1) = '/')
    WHERE id = new.id;
END;
CREATE TRIGGER person_chosen AFTER INSERT ON page_people
BEGIN
    INSERT INTO listings
    SELECT 'u' || new.user_id, section, l.published_at, l.path, l.unpublish_at, page_id
    FROM pages JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
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
