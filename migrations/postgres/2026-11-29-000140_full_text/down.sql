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
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION search_keep() SET search_path = %I, pg_temp', current_schema());
END $do$;
DROP INDEX full_text_unread_own;
ALTER TABLE full_text_unread DROP COLUMN txid;
INSERT INTO full_text_unread SELECT id FROM pages ON CONFLICT DO NOTHING;
