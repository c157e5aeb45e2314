-- The panel sorts titles by their words as Postern compares them: in lower case, and without accents. An empty key waits until
-- a Postern makes it: in the same transaction where Postern changes the title, and later where SQL does.
ALTER TABLE pages ADD COLUMN title_key TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX pages_by_title;
CREATE INDEX pages_by_title ON pages (title_key, path);
CREATE INDEX pages_without_title_key ON pages (id) WHERE title_key = '';
CREATE FUNCTION outdate_title_key() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF new.title <> old.title AND new.title_key = old.title_key THEN
        new.title_key := '';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER title_key_outdated BEFORE UPDATE OF title ON pages FOR EACH ROW EXECUTE FUNCTION outdate_title_key();
ALTER TABLE pages ENABLE ALWAYS TRIGGER title_key_outdated;
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION outdate_title_key() SET search_path = %I, pg_temp', current_schema());
END $do$;
