-- The menu has the languages of its pages. A page has its own language or that of a page above it, so that a language, and a
-- page with one that comes, goes or moves, is a change of the menu if a page at or below its path is in the menu. The front page
-- is announced as a change of everything.
CREATE FUNCTION tell_of_menu_below(above text) RETURNS void LANGUAGE plpgsql AS
$$ DECLARE is_private boolean;
BEGIN
    SELECT bool_and(below.private) INTO is_private FROM menu JOIN pages AS below ON below.id = menu.page_id
    WHERE below.path = above OR starts_with(below.path, above || '/');
    IF is_private IS NOT NULL THEN
        PERFORM pg_notify('postern_changes', CASE WHEN is_private THEN 'menu private' ELSE 'menu open' END);
    END IF;
END $$;

CREATE FUNCTION tell_of_language() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM tell_of_menu_below(path) FROM pages WHERE id = old.page_id; END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM tell_of_menu_below(path) FROM pages WHERE id = new.page_id; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER menu_language_made AFTER INSERT ON placements FOR EACH ROW
    WHEN (new.language <> '') EXECUTE FUNCTION tell_of_language();
CREATE TRIGGER menu_language_changed AFTER UPDATE ON placements FOR EACH ROW
    WHEN (old.page_id <> new.page_id OR old.language <> new.language) EXECUTE FUNCTION tell_of_language();
CREATE TRIGGER menu_language_deleted AFTER DELETE ON placements FOR EACH ROW
    WHEN (old.language <> '') EXECUTE FUNCTION tell_of_language();
ALTER TABLE placements ENABLE ALWAYS TRIGGER menu_language_made, ENABLE ALWAYS TRIGGER menu_language_changed,
    ENABLE ALWAYS TRIGGER menu_language_deleted;

CREATE FUNCTION tell_of_language_page() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    page bigint := CASE TG_OP WHEN 'DELETE' THEN old.id ELSE new.id END;
BEGIN
    IF EXISTS (SELECT 1 FROM placements WHERE page_id = page AND language <> '') THEN
        IF TG_OP <> 'INSERT' THEN PERFORM tell_of_menu_below(old.path); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM tell_of_menu_below(new.path); END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER language_page_made AFTER INSERT OR DELETE ON pages FOR EACH ROW EXECUTE FUNCTION tell_of_language_page();
CREATE TRIGGER language_page_moved AFTER UPDATE OF path ON pages FOR EACH ROW
    WHEN (old.path <> new.path) EXECUTE FUNCTION tell_of_language_page();
ALTER TABLE pages ENABLE ALWAYS TRIGGER language_page_made, ENABLE ALWAYS TRIGGER language_page_moved;

DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tell_of_menu_below(text)', 'tell_of_language()', 'tell_of_language_page()'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $do$;
