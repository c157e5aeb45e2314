-- Links with which people set their own password. Only the SHA-256 of a secret is kept, in hexadecimal digits. A row stays after
-- its end, so that an old link is told from an unknown one.
CREATE TABLE invitations (
    id          INTEGER PRIMARY KEY NOT NULL,
    user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash TEXT NOT NULL UNIQUE,
    made_at     TIMESTAMP NOT NULL,
    made_by     TEXT NOT NULL,
    ends_at     TIMESTAMP NOT NULL,
    used_at     TIMESTAMP,
    ended_at    TIMESTAMP
);
CREATE INDEX invitations_by_user ON invitations (user_id, made_at);
-- For a shell that does not enforce foreign keys.
CREATE TRIGGER invitations_end_with_user AFTER DELETE ON users
BEGIN DELETE FROM invitations WHERE user_id = old.id; END;

-- The end of an account; NULL for one without an end.
ALTER TABLE users ADD COLUMN ends_at TIMESTAMP
    CHECK (ends_at IS NULL OR (length(ends_at) >= 16 AND datetime(ends_at) IS NOT NULL));
CREATE INDEX users_by_end ON users (ends_at) WHERE ends_at IS NOT NULL;
DROP TRIGGER user_changed;
CREATE TRIGGER user_changed AFTER UPDATE OF id, name, role, password_hash, active, theme, ends_at ON users
BEGIN INSERT INTO changes (kind, name) VALUES ('user', old.name), ('user', new.name); END;
