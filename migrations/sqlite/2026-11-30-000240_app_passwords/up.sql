-- App passwords: random secrets with which programs read what their owners read. `secret_hash` is the SHA-256 of the secret,
-- hexadecimal. `below` is the path of the page that one opens with the pages below it; NULL for all pages. `last_used_on` is a
-- day in UTC.
CREATE TABLE app_passwords (
    id           INTEGER PRIMARY KEY NOT NULL,
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    secret_hash  TEXT NOT NULL UNIQUE,
    below        TEXT,
    made_at      TIMESTAMP NOT NULL,
    ends_at      TIMESTAMP,
    last_used_on DATE,
    ended_at     TIMESTAMP
);
CREATE INDEX app_passwords_by_user ON app_passwords (user_id);
CREATE UNIQUE INDEX app_passwords_names ON app_passwords (user_id, name) WHERE ended_at IS NULL;

-- A change of an app password is a change of its owner's rights. No row for last_used_on, which changes nobody's.
CREATE TRIGGER app_password_replaced BEFORE INSERT ON app_passwords
BEGIN
    INSERT INTO changes (kind, name) SELECT 'user', users.name FROM users JOIN app_passwords ON user_id = users.id
    WHERE app_passwords.id = new.id OR secret_hash = new.secret_hash;
END;
CREATE TRIGGER app_password_made AFTER INSERT ON app_passwords
BEGIN INSERT INTO changes (kind, name) SELECT 'user', name FROM users WHERE id = new.user_id; END;
CREATE TRIGGER app_password_changed AFTER UPDATE OF id, user_id, name, secret_hash, below, ends_at, ended_at ON app_passwords
BEGIN INSERT INTO changes (kind, name) SELECT 'user', name FROM users WHERE id IN (old.user_id, new.user_id); END;
CREATE TRIGGER app_password_deleted AFTER DELETE ON app_passwords
BEGIN INSERT INTO changes (kind, name) SELECT 'user', name FROM users WHERE id = old.user_id; END;
-- A shell that does not enforce foreign keys leaves no app password of a deleted user either.
CREATE TRIGGER app_passwords_go_with_their_user AFTER DELETE ON users
BEGIN DELETE FROM app_passwords WHERE user_id = old.id; END;
