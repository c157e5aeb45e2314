CREATE OR REPLACE FUNCTION tell_of_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM pg_notify('postern_changes', 'page ' || old.path); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('postern_changes', 'page ' || new.path); END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION tell_of_draft() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    left_path text := CASE WHEN TG_OP <> 'INSERT' THEN old.path END;
    path text := CASE WHEN TG_OP <> 'DELETE' THEN new.path END;
BEGIN
    IF left_path IS DISTINCT FROM path THEN
        IF left_path IS NOT NULL THEN PERFORM pg_notify('postern_changes', 'page ' || left_path); END IF;
        IF path IS NOT NULL THEN PERFORM pg_notify('postern_changes', 'page ' || path); END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION tell_of_receipts() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    PERFORM pg_notify('postern_changes', 'page ' || path) FROM pages
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
