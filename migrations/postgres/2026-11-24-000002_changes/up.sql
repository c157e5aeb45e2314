-- These triggers notify the processes that cache responses of the changes of a transaction when it commits.
CREATE FUNCTION tell_of_page() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM pg_notify('postern_changes', 'page ' || old.path); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('postern_changes', 'page ' || new.path); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION tell_of_user() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM pg_notify('postern_changes', 'user ' || old.name); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('postern_changes', 'user ' || new.name); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION tell_of_everything() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('postern_changes', 'everything'); RETURN NULL; END $$;

CREATE TRIGGER page_changed AFTER INSERT OR UPDATE OR DELETE ON pages FOR EACH ROW EXECUTE FUNCTION tell_of_page();
CREATE TRIGGER user_made AFTER INSERT OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell_of_user();
-- No notification for last_sign_in_at, which changes nobody's rights.
CREATE TRIGGER user_changed AFTER UPDATE OF id, name, role, password_hash, active, theme ON users
    FOR EACH ROW EXECUTE FUNCTION tell_of_user();
CREATE TRIGGER site_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON site
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
CREATE TRIGGER pages_emptied AFTER TRUNCATE ON pages FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
CREATE TRIGGER users_emptied AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
-- The triggers also fire in sessions that disable triggers, such as those of a replica.
ALTER TABLE pages ENABLE ALWAYS TRIGGER page_changed, ENABLE ALWAYS TRIGGER pages_emptied;
ALTER TABLE users ENABLE ALWAYS TRIGGER user_made, ENABLE ALWAYS TRIGGER user_changed,
    ENABLE ALWAYS TRIGGER users_emptied;
ALTER TABLE site ENABLE ALWAYS TRIGGER site_changed;
