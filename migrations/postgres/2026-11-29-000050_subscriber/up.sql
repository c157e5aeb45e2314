-- A change of `private` by SQL changes the audience too. On a subscriber both arrive in one row, which is no change of the
-- audience by hand.
CREATE OR REPLACE FUNCTION audience_by_hand() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF new.settled = old.settled AND new.audience <> old.audience
       AND current_setting('session_replication_role') <> 'replica' THEN
        RAISE EXCEPTION 'audience is not set by hand: set private, or choose readers in the panel';
    ELSIF new.settled = old.settled AND new.private <> old.private THEN
        new.version := old.version + 1;
    END IF;
    RETURN new;
END $$;
-- A function that is replaced loses its settings.
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION audience_by_hand() SET search_path = %I, pg_temp', current_schema());
END $do$;
