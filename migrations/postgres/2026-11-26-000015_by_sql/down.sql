DROP TRIGGER made_here ON listings;
DROP TRIGGER made_here ON search;
DROP TRIGGER made_here ON full_text_unread;
DROP TRIGGER made_here ON links_unread;
DROP TRIGGER recorded_there ON revisions;
DROP FUNCTION made_here, recorded_there;
ALTER TABLE listings REPLICA IDENTITY DEFAULT;
CREATE OR REPLACE FUNCTION list_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM listings WHERE page_id = old.id; END IF;
    IF TG_OP <> 'DELETE' THEN INSERT INTO listings SELECT * FROM page_listings WHERE page_id = new.id; END IF;
    RETURN NULL;
END $$;
DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
    'audit_is_append_only', 'tell_of_page', 'tell_of_user', 'tell_of_everything', 'revisions_are_not_changed',
    'private_by_hand', 'inherit_by_hand', 'list_page', 'unlist_pages', 'list_for_reader', 'rows_are_not_changed',
    'tell_of_member', 'readers_emptied', 'search_keep', 'search_forget', 'links_follow', 'links_forget',
    'tell_of_draft', 'tell_of_receipts', 'readers_take_turns', 'audience_by_hand', 'record_private'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I() RESET search_path', name);
    END LOOP;
END $do$;
SELECT count(search_put(id, title, summary, body, path)) FROM pages JOIN full_text_unread ON page_id = id;
DROP TABLE full_text_unread, backfills;
CREATE OR REPLACE FUNCTION search_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT translate(regexp_replace(normalize(regexp_replace(normalize(lower($1 COLLATE "default"), NFD),
        '([a-z])[\u0300-\u036f]+', '\1', 'g'), NFC),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u2190-\u2bff\u3000-\u3004\u3008-\u3020]+',
    ' ', 'g'), 'ς', 'σ') $$;
CREATE OR REPLACE FUNCTION search_put(id bigint, title text, summary text, body text, path text) RETURNS void LANGUAGE plpgsql AS
$$ DECLARE
    title_words CONSTANT tsvector := to_tsvector('simple', search_text(title));
    path_words CONSTANT tsvector := to_tsvector('simple', search_text(path));
BEGIN
    INSERT INTO search VALUES (id, title_words, search_words(title, summary, body), path_words);
EXCEPTION WHEN program_limit_exceeded THEN
    INSERT INTO search VALUES (id, title_words, search_words(title, summary, ''), path_words);
END $$;
CREATE OR REPLACE FUNCTION search_keep() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM search WHERE page_id = old.id; END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM search_put(new.id, new.title, new.summary, new.body, new.path); END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM search; RETURN NULL; END $$;
