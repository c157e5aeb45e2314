-- App passwords: random secrets with which programs read what their owners read. `secret_hash` is the SHA-256 of the secret,
-- hexadecimal. `below` is the path of the page that one opens with the pages below it; NULL for all pages. `last_used_on` is a
-- day in UTC.
CREATE TABLE app_passwords (
    id           BIGINT PRIMARY KEY,
    user_id      BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    name         TEXT COLLATE "C" NOT NULL,
    secret_hash  TEXT COLLATE "C" NOT NULL UNIQUE,
    below        TEXT COLLATE "C",
    made_at      TIMESTAMP NOT NULL,
    ends_at      TIMESTAMP,
    last_used_on DATE,
    ended_at     TIMESTAMP
);
CREATE INDEX app_passwords_by_user ON app_passwords (user_id);
CREATE UNIQUE INDEX app_passwords_names ON app_passwords (user_id, name) WHERE ended_at IS NULL;

-- A change of an app password is a change of its owner's rights. No notification for last_used_on, which changes nobody's.
CREATE FUNCTION tell_of_app_password() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE
    old_user bigint := CASE WHEN TG_OP <> 'INSERT' THEN old.user_id END;
    new_user bigint := CASE WHEN TG_OP <> 'DELETE' THEN new.user_id END;
BEGIN
    PERFORM pg_notify('postern_changes', 'user ' || name) FROM users WHERE id IN (old_user, new_user);
    RETURN NULL;
END $$;
DO $do$
BEGIN
    EXECUTE format('ALTER FUNCTION tell_of_app_password() SET search_path = %I, pg_temp', current_schema());
END $do$;
CREATE TRIGGER app_password_made AFTER INSERT OR DELETE ON app_passwords
    FOR EACH ROW EXECUTE FUNCTION tell_of_app_password();
CREATE TRIGGER app_password_changed AFTER UPDATE OF id, user_id, name, secret_hash, below, ends_at, ended_at ON app_passwords
    FOR EACH ROW EXECUTE FUNCTION tell_of_app_password();
CREATE TRIGGER app_passwords_emptied AFTER TRUNCATE ON app_passwords
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
ALTER TABLE app_passwords ENABLE ALWAYS TRIGGER app_password_made, ENABLE ALWAYS TRIGGER app_password_changed,
    ENABLE ALWAYS TRIGGER app_passwords_emptied;
