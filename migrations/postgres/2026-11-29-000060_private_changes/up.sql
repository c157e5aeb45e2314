-- A change that only signed-in people can see is announced as 'private', and empties no cache of what strangers see: they
-- could tell from the time of the next answer that a private page beside it was saved.
CREATE OR REPLACE FUNCTION tell_of_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF old.path = new.path AND old.private AND new.private AND NOT old.show_title AND NOT new.show_title
            AND old.published_at = new.published_at AND old.unpublish_at IS NOT DISTINCT FROM new.unpublish_at
        THEN
            PERFORM pg_notify('postern_changes', 'private ' || new.path);
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM pg_notify('postern_changes', 'page ' || old.path); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('postern_changes', 'page ' || new.path); END IF;
    RETURN NULL;
END $$;

-- Drafts and receipts are seen by editors and by readers who signed in.
CREATE OR REPLACE FUNCTION tell_of_draft() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    left_path text := CASE WHEN TG_OP <> 'INSERT' THEN old.path END;
    path text := CASE WHEN TG_OP <> 'DELETE' THEN new.path END;
BEGIN
    IF left_path IS DISTINCT FROM path THEN
        IF left_path IS NOT NULL THEN PERFORM pg_notify('postern_changes', 'private ' || left_path); END IF;
        IF path IS NOT NULL THEN PERFORM pg_notify('postern_changes', 'private ' || path); END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION tell_of_receipts() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM pg_notify('postern_changes', 'private ' || path) FROM pages
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN new.page_id ELSE old.page_id END;
    RETURN NULL;
END $$;
DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tell_of_page', 'tell_of_draft', 'tell_of_receipts'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;
