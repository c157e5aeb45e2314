-- Groups of users under one name. Their keys are below 2^53, as are all keys that the application makes.
CREATE TABLE groups (
    id         BIGINT PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
    created_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    version    BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);
CREATE TABLE group_members (
    group_id BIGINT NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id  BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_by_user ON group_members (user_id);

-- The readers that an author chose. There is no foreign key to pages, because a page in the trash keeps its readers.
CREATE TABLE page_people (
    page_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (page_id, user_id)
);
CREATE INDEX page_people_by_user ON page_people (user_id);
CREATE TABLE page_groups (
    page_id  BIGINT NOT NULL,
    group_id BIGINT NOT NULL REFERENCES groups ON DELETE CASCADE,
    PRIMARY KEY (page_id, group_id)
);
CREATE INDEX page_groups_by_group ON page_groups (group_id);

-- `audience` is the author's choice; `private` and `readers_from` are the result after inheritance. If `private` is
-- false, everybody reads the page. If it is true and `readers_from` is NULL, every signed-in user does. If both are
-- set, the readers are those that page_people and page_groups list for the page with the key `readers_from`. The
-- application writes the result for a page and the pages that inherit from it in one transaction, and counts that write
-- in `settled`. A change of `private` without a new count is a change by SQL: it becomes the page's own audience, and
-- applies to the pages that inherit it.
ALTER TABLE pages
    ADD COLUMN audience TEXT NOT NULL DEFAULT 'public' CHECK (audience IN ('inherited', 'public', 'signed-in', 'chosen')),
    ADD COLUMN readers_from BIGINT,
    ADD COLUMN settled BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN unpublish_at TIMESTAMP;
UPDATE pages SET audience = 'signed-in' WHERE private;
CREATE INDEX pages_by_readers ON pages (readers_from);
CREATE FUNCTION private_by_hand() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'INSERT' THEN
        IF new.settled = 0 AND new.audience = 'public' AND new.private THEN new.audience := 'signed-in'; END IF;
    ELSIF new.private <> old.private AND new.settled = old.settled AND new.audience = old.audience THEN
        new.audience := CASE WHEN new.private THEN 'signed-in' ELSE 'public' END;
        new.readers_from := NULL;
    END IF;
    RETURN new;
END $$;
ALTER TABLE trash ADD COLUMN audience TEXT NOT NULL DEFAULT 'public', ADD COLUMN unpublish_at TIMESTAMP;
UPDATE trash SET audience = 'signed-in' WHERE private;
-- `readers` holds names, one on each line, with the word `group` before the name of a group: a revision outlives the
-- accounts and groups that it names.
ALTER TABLE revisions
    ADD COLUMN audience TEXT NOT NULL DEFAULT 'public',
    ADD COLUMN readers TEXT NOT NULL DEFAULT '',
    ADD COLUMN unpublish_at TIMESTAMP;
ALTER TABLE revisions DISABLE TRIGGER revisions_are_not_changed;
UPDATE revisions SET audience = 'signed-in' WHERE private;
ALTER TABLE revisions ENABLE TRIGGER revisions_are_not_changed;

-- The pages that each principal finds in lists, newest first, so that the first 20 cost the same on a site of any size.
-- A page has one row for each of its principals in each section above it, '' included. The principals are: 'everybody',
-- 'signed-in' or, for its editors, 'chosen'; each chosen person (u and the key) and group (g and the key); and 'title'
-- for visitors who see only its title. Triggers maintain the table for every writer.
CREATE TABLE listings (
    principal    TEXT COLLATE "C" NOT NULL,
    section      TEXT COLLATE "C" NOT NULL,
    published_at TIMESTAMP NOT NULL,
    path         TEXT COLLATE "C" NOT NULL,
    unpublish_at TIMESTAMP,
    page_id      BIGINT NOT NULL
);
CREATE VIEW page_principals (page_id, principal) AS
SELECT id, CASE WHEN NOT private THEN 'everybody' WHEN readers_from IS NULL THEN 'signed-in' ELSE 'chosen' END FROM pages
UNION ALL SELECT id, 'title' FROM pages WHERE private AND show_title
UNION ALL SELECT id, 'u' || user_id FROM pages JOIN page_people ON page_people.page_id = readers_from WHERE private
UNION ALL SELECT id, 'g' || group_id FROM pages JOIN page_groups ON page_groups.page_id = readers_from WHERE private;
CREATE VIEW page_sections (page_id, section) AS
SELECT id, '' FROM pages
UNION ALL SELECT id, left(path, at - 1) FROM pages, generate_series(2, length(path)) AS at WHERE substr(path, at, 1) = '/';
CREATE VIEW page_listings AS
SELECT principal, section, published_at, path, unpublish_at, id AS page_id
FROM pages
JOIN page_principals ON page_principals.page_id = id
JOIN page_sections ON page_sections.page_id = id;

CREATE TRIGGER private_by_hand BEFORE INSERT OR UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION private_by_hand();
CREATE FUNCTION inherit_by_hand() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF new.private <> old.private AND new.settled = old.settled AND new.readers_from IS NULL THEN
        UPDATE pages SET private = new.private, readers_from = NULL, settled = settled + 1
        WHERE audience = 'inherited'
        AND CASE new.path WHEN '' THEN path <> '' ELSE path > new.path || '/' AND path < new.path || '0' END
        AND NOT EXISTS (
            SELECT 1 FROM page_sections JOIN pages nearer ON nearer.path = section
            WHERE page_id = pages.id AND length(section) > length(new.path) AND nearer.audience <> 'inherited'
        );
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER private_inherited AFTER UPDATE OF private ON pages FOR EACH ROW EXECUTE FUNCTION inherit_by_hand();

INSERT INTO listings SELECT * FROM page_listings;
CREATE UNIQUE INDEX listings_by_date ON listings (principal, section, published_at DESC, path) INCLUDE (unpublish_at, page_id);
CREATE INDEX listings_by_page ON listings (page_id);

CREATE FUNCTION list_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM listings WHERE page_id = old.id; END IF;
    IF TG_OP <> 'DELETE' THEN INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER page_listed AFTER INSERT OR DELETE ON pages FOR EACH ROW EXECUTE FUNCTION list_page();
CREATE TRIGGER page_listed_anew
    AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
    FOR EACH ROW EXECUTE FUNCTION list_page();
CREATE FUNCTION unlist_pages() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN TRUNCATE listings; RETURN NULL; END $$;
CREATE TRIGGER pages_unlisted AFTER TRUNCATE ON pages FOR EACH STATEMENT EXECUTE FUNCTION unlist_pages();

CREATE FUNCTION list_for_reader() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    row_of    jsonb := to_jsonb(CASE TG_OP WHEN 'INSERT' THEN new ELSE old END);
    governing bigint := (row_of ->> 'page_id')::bigint;
    reader    text := coalesce('u' || (row_of ->> 'user_id'), 'g' || (row_of ->> 'group_id'));
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO listings
        SELECT reader, section, l.published_at, l.path, l.unpublish_at, page_id
        FROM pages JOIN listings l ON page_id = pages.id
        WHERE readers_from = governing AND principal = 'chosen';
    ELSE
        DELETE FROM listings
        WHERE principal = reader AND page_id IN (SELECT id FROM pages WHERE readers_from = governing);
    END IF;
    PERFORM pg_notify('postern_changes', 'everything');
    RETURN NULL;
END $$;
CREATE TRIGGER person_chosen AFTER INSERT OR DELETE ON page_people FOR EACH ROW EXECUTE FUNCTION list_for_reader();
CREATE TRIGGER group_chosen AFTER INSERT OR DELETE ON page_groups FOR EACH ROW EXECUTE FUNCTION list_for_reader();
CREATE FUNCTION rows_are_not_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a row of % is deleted and made anew, not changed', TG_TABLE_NAME; END $$;
CREATE TRIGGER people_are_not_changed BEFORE UPDATE ON page_people
    FOR EACH STATEMENT EXECUTE FUNCTION rows_are_not_changed();
CREATE TRIGGER groups_are_not_changed BEFORE UPDATE ON page_groups
    FOR EACH STATEMENT EXECUTE FUNCTION rows_are_not_changed();
CREATE TRIGGER members_are_not_changed BEFORE UPDATE ON group_members
    FOR EACH STATEMENT EXECUTE FUNCTION rows_are_not_changed();

-- A user's membership in a group is part of the user's rights.
CREATE FUNCTION tell_of_member() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM pg_notify('postern_changes', 'user ' || name) FROM users
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN new.user_id ELSE old.user_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER member_changed AFTER INSERT OR DELETE ON group_members
    FOR EACH ROW EXECUTE FUNCTION tell_of_member();
CREATE TRIGGER groups_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON groups
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
CREATE TRIGGER members_emptied AFTER TRUNCATE ON group_members
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
CREATE FUNCTION readers_emptied() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    TRUNCATE listings;
    INSERT INTO listings SELECT * FROM page_listings;
    PERFORM pg_notify('postern_changes', 'everything');
    RETURN NULL;
END $$;
CREATE TRIGGER people_emptied AFTER TRUNCATE ON page_people FOR EACH STATEMENT EXECUTE FUNCTION readers_emptied();
CREATE TRIGGER page_groups_emptied AFTER TRUNCATE ON page_groups FOR EACH STATEMENT EXECUTE FUNCTION readers_emptied();
ALTER TABLE pages ENABLE ALWAYS TRIGGER private_by_hand, ENABLE ALWAYS TRIGGER private_inherited, ENABLE ALWAYS TRIGGER page_listed,
    ENABLE ALWAYS TRIGGER page_listed_anew, ENABLE ALWAYS TRIGGER pages_unlisted;
ALTER TABLE page_people ENABLE ALWAYS TRIGGER person_chosen, ENABLE ALWAYS TRIGGER people_emptied;
ALTER TABLE page_groups ENABLE ALWAYS TRIGGER group_chosen, ENABLE ALWAYS TRIGGER page_groups_emptied;
ALTER TABLE group_members ENABLE ALWAYS TRIGGER member_changed, ENABLE ALWAYS TRIGGER members_emptied;
ALTER TABLE groups ENABLE ALWAYS TRIGGER groups_changed;
