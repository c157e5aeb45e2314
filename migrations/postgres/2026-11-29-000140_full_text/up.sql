-- The words of a text are made by Postern, in the same way for both databases. A page whose text changes waits until it is
-- read: in the same transaction where Postern changes it, of which the row has the number, and later where SQL does (0).
ALTER TABLE full_text_unread ADD COLUMN txid BIGINT NOT NULL DEFAULT 0;
CREATE INDEX full_text_unread_own ON full_text_unread (txid) WHERE txid <> 0;

-- The queue first: its row is locked by a Postern that reads the page at the same moment, and the entry that it makes of
-- the old text is deleted after it.
CREATE OR REPLACE FUNCTION search_keep() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    own BIGINT := 0;
BEGIN
    IF TG_OP = 'UPDATE' AND (new.id, new.title, new.summary, new.body, new.path)
                          = (old.id, old.title, old.summary, old.body, old.path) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM full_text_unread WHERE page_id = old.id;
        DELETE FROM search WHERE page_id = old.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF current_setting('postern.search', TRUE) = 'now' THEN
            PERFORM set_config('postern.unread', 'yes', TRUE);
            own := txid_current();
        END IF;
        INSERT INTO full_text_unread (page_id, txid) VALUES (new.id, own)
        ON CONFLICT (page_id) DO UPDATE SET txid = excluded.txid;
    END IF;
    RETURN NULL;
END $$;
-- A function that is replaced loses its settings.
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION search_keep() SET search_path = %I, pg_temp', current_schema());
END $do$;

-- A running Postern reads all texts again. Until then, a page is found by the words that it had.
INSERT INTO full_text_unread (page_id) SELECT id FROM pages ON CONFLICT DO NOTHING;
