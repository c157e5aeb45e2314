-- The addresses of pages to which the text of a page links. Only Postern reads Markdown, so any change of a text
-- deletes its links, and the page stays in `links_unread` until Postern has read the text again.
CREATE TABLE links (
    page_id BIGINT NOT NULL,
    target  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (page_id, target)
);
CREATE TABLE links_unread (page_id BIGINT PRIMARY KEY);
INSERT INTO links_unread SELECT id FROM pages;

CREATE FUNCTION links_follow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'UPDATE' AND (old.id, old.path, old.body) IS NOT DISTINCT FROM (new.id, new.path, new.body) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM links WHERE page_id = old.id;
        DELETE FROM links_unread WHERE page_id = old.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN INSERT INTO links_unread VALUES (new.id) ON CONFLICT DO NOTHING; END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION links_forget() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN DELETE FROM links; DELETE FROM links_unread; RETURN NULL; END $$;
CREATE TRIGGER links_followed AFTER INSERT OR DELETE OR UPDATE OF id, path, body ON pages
    FOR EACH ROW EXECUTE FUNCTION links_follow();
CREATE TRIGGER links_forgotten AFTER TRUNCATE ON pages FOR EACH STATEMENT EXECUTE FUNCTION links_forget();
ALTER TABLE pages ENABLE ALWAYS TRIGGER links_followed, ENABLE ALWAYS TRIGGER links_forgotten;
