-- A row that SQL inserts or changes costs little: its texts are read into the index later, by a running Postern. The
-- application's own transactions set `postern.search` to `now`, and read them at once. A page that waits is not found, so
-- that no search matches words that are gone from it.
CREATE TABLE full_text_unread (page_id BIGINT PRIMARY KEY);

-- The tables that are filled in batches after a migration, each with the key of the last page that is done.
CREATE TABLE backfills (name TEXT PRIMARY KEY, done_to BIGINT NOT NULL);

-- As before, but faster: most texts are ASCII throughout, and spaces between words need no replacement.
CREATE OR REPLACE FUNCTION search_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT CASE WHEN octet_length($1) = length($1) THEN
    regexp_replace(lower($1 COLLATE "default"), '[\u0001-\u001f\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]+', ' ', 'g')
ELSE
    translate(regexp_replace(normalize(regexp_replace(normalize(lower($1 COLLATE "default"), NFD),
        '([a-z])[\u0300-\u036f]+', '\1', 'g'), NFC),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u2190-\u2bff\u3000-\u3004\u3008-\u3020]+',
    ' ', 'g'), 'ς', 'σ')
END $$;

-- Only long texts can have more different words than an entry holds, and only they pay for a subtransaction.
CREATE OR REPLACE FUNCTION search_put(id bigint, title text, summary text, body text, path text) RETURNS void
LANGUAGE plpgsql AS
$$ DECLARE
    title_words CONSTANT tsvector := to_tsvector('simple', search_text(title));
    path_words CONSTANT tsvector := to_tsvector('simple', search_text(path));
BEGIN
    DELETE FROM search WHERE page_id = id;
    IF octet_length(title) + octet_length(summary) + octet_length(body) < 100000 THEN
        INSERT INTO search VALUES (id, title_words, search_words(title, summary, body), path_words);
        RETURN;
    END IF;
    BEGIN
        INSERT INTO search VALUES (id, title_words, search_words(title, summary, body), path_words);
    EXCEPTION WHEN program_limit_exceeded THEN
        INSERT INTO search VALUES (id, title_words, search_words(title, summary, ''), path_words);
    END;
END $$;

-- The queue first: its row is locked by a Postern that reads the page at the same moment, and the entry that it makes of
-- the old text is deleted after it.
CREATE OR REPLACE FUNCTION search_keep() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM full_text_unread WHERE page_id = old.id;
        DELETE FROM search WHERE page_id = old.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF current_setting('postern.search', TRUE) = 'now' THEN
            PERFORM search_put(new.id, new.title, new.summary, new.body, new.path);
        ELSE
            INSERT INTO full_text_unread VALUES (new.id) ON CONFLICT DO NOTHING;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN DELETE FROM full_text_unread; DELETE FROM search; RETURN NULL; END $$;

-- Copies of the database: pg_dump and pg_restore, publications and subscriptions. They write rows in sessions with an empty
-- search_path, and copy the rows that triggers make from other rows as well.
-- pg_restore --data-only copies `listings` before `pages`. A page without readers of its own is listed without the view,
-- which takes twice as long.
CREATE OR REPLACE FUNCTION list_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    DELETE FROM listings WHERE page_id = CASE TG_OP WHEN 'INSERT' THEN new.id ELSE old.id END;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    ELSIF new.private AND (new.readers_from IS NOT NULL OR new.show_title) THEN
        INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id;
    ELSE
        INSERT INTO listings
        SELECT CASE WHEN new.private THEN 'signed-in' ELSE 'everybody' END, left(new.path, at - 1), new.published_at,
               new.path, new.unpublish_at, new.id
        FROM generate_series(1, greatest(length(new.path), 1)) AS at WHERE at = 1 OR substr(new.path, at, 1) = '/';
    END IF;
    RETURN NULL;
END $$;

-- On a subscriber, which has the same triggers: of the rows that they make, those that arrive are left out.
CREATE FUNCTION made_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
-- A change of `private` by SQL makes a revision on both sides; that of the publisher stays.
CREATE FUNCTION recorded_there() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    DELETE FROM revisions WHERE page_id = new.page_id AND version = new.version;
    RETURN new;
END $$;

DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
    'audit_is_append_only', 'tell_of_page', 'tell_of_user', 'tell_of_everything', 'revisions_are_not_changed',
    'private_by_hand', 'inherit_by_hand', 'list_page', 'unlist_pages', 'list_for_reader', 'rows_are_not_changed',
    'tell_of_member', 'readers_emptied', 'search_keep', 'search_forget', 'links_follow', 'links_forget',
    'tell_of_draft', 'tell_of_receipts', 'readers_take_turns', 'audience_by_hand', 'record_private',
    'made_here', 'recorded_there'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;

-- A publication needs a key to publish changes and deletions.
ALTER TABLE listings REPLICA IDENTITY USING INDEX listings_by_date;

CREATE TRIGGER made_here BEFORE INSERT OR UPDATE OR DELETE ON listings FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION made_here();
CREATE TRIGGER made_here BEFORE INSERT OR UPDATE OR DELETE ON search FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION made_here();
CREATE TRIGGER made_here BEFORE INSERT OR UPDATE OR DELETE ON full_text_unread FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION made_here();
CREATE TRIGGER made_here BEFORE INSERT OR UPDATE OR DELETE ON links_unread FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION made_here();
CREATE TRIGGER recorded_there BEFORE INSERT ON revisions FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION recorded_there();
ALTER TABLE listings ENABLE REPLICA TRIGGER made_here;
ALTER TABLE search ENABLE REPLICA TRIGGER made_here;
ALTER TABLE full_text_unread ENABLE REPLICA TRIGGER made_here;
ALTER TABLE links_unread ENABLE REPLICA TRIGGER made_here;
ALTER TABLE revisions ENABLE REPLICA TRIGGER recorded_there;
