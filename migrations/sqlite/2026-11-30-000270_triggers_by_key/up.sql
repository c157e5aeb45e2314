-- A trigger for a row costs the same on a site of any size. SQLite began with all rows that editors find of pages with chosen
-- readers, and CROSS JOIN keeps the order.
DROP TRIGGER person_chosen;
CREATE TRIGGER person_chosen AFTER INSERT ON page_people
BEGIN
    INSERT INTO listings
    SELECT 'u' || new.user_id, section, l.published_at, l.path, l.unpublish_at, page_id, l.title_key, l.position
    FROM pages CROSS JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
DROP TRIGGER group_chosen;
CREATE TRIGGER group_chosen AFTER INSERT ON page_groups
BEGIN
    INSERT INTO listings
    SELECT 'g' || new.group_id, section, l.published_at, l.path, l.unpublish_at, page_id, l.title_key, l.position
    FROM pages CROSS JOIN listings l ON page_id = pages.id
    WHERE readers_from = new.page_id AND principal = 'chosen';
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;

-- The plus keeps SQLite from reading all rows of the person or group.
DROP TRIGGER person_left;
CREATE TRIGGER person_left AFTER DELETE ON page_people
BEGIN
    DELETE FROM listings
    WHERE +principal = 'u' || old.user_id AND page_id IN (SELECT id FROM pages WHERE readers_from = old.page_id);
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;
DROP TRIGGER group_left;
CREATE TRIGGER group_left AFTER DELETE ON page_groups
BEGIN
    DELETE FROM listings
    WHERE +principal = 'g' || old.group_id AND page_id IN (SELECT id FROM pages WHERE readers_from = old.page_id);
    INSERT INTO changes (kind, name) VALUES ('site', '');
END;

-- As before, but it reads the pages below by their paths, in which no character sorts after 'z'.
DROP TRIGGER private_by_hand;
CREATE TRIGGER private_by_hand AFTER UPDATE OF private ON pages
WHEN new.private <> old.private AND new.settled = old.settled AND new.audience = old.audience
BEGIN
    UPDATE pages SET audience = CASE WHEN new.private THEN 'signed-in' ELSE 'public' END, readers_from = NULL
    WHERE id = new.id;
    UPDATE pages SET private = new.private, readers_from = NULL, settled = settled + 1
    WHERE audience = 'inherited'
    AND path > CASE new.path WHEN '' THEN '' ELSE new.path || '/' END
    AND path < CASE new.path WHEN '' THEN '{' ELSE new.path || '0' END
    AND NOT EXISTS (
        SELECT 1 FROM page_sections JOIN pages nearer ON nearer.path = section
        WHERE page_id = pages.id AND length(section) > length(new.path) AND nearer.audience <> 'inherited'
    );
END;
