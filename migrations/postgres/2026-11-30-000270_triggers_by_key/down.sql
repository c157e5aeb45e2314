CREATE OR REPLACE FUNCTION inherit_by_hand() RETURNS trigger LANGUAGE plpgsql AS
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
DO $do$
BEGIN EXECUTE format('ALTER FUNCTION inherit_by_hand() SET search_path = %I, pg_temp', current_schema()); END $do$;
