-- As before, but the cost of a change of `private` by SQL is that of the pages below, which are read by their paths, in which no
-- character sorts after 'z'. The view `page_sections` was made of all pages for each of them.
CREATE OR REPLACE FUNCTION inherit_by_hand() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF new.private <> old.private AND new.settled = old.settled AND new.readers_from IS NULL THEN
        UPDATE pages SET private = new.private, readers_from = NULL, settled = settled + 1
        WHERE audience = 'inherited'
        AND path > CASE new.path WHEN '' THEN '' ELSE new.path || '/' END
        AND path < CASE new.path WHEN '' THEN '{' ELSE new.path || '0' END
        AND NOT EXISTS (
            SELECT 1 FROM generate_series(length(new.path) + 2, length(pages.path)) AS at
            JOIN pages nearer ON nearer.path = left(pages.path, at - 1)
            WHERE substr(pages.path, at, 1) = '/' AND nearer.audience <> 'inherited'
        );
    END IF;
    RETURN NULL;
END $$;
DO $do$
BEGIN EXECUTE format('ALTER FUNCTION inherit_by_hand() SET search_path = %I, pg_temp', current_schema()); END $do$;
