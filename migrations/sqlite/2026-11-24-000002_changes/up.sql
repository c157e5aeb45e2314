-- The latest committed changes, for the processes that cache responses: `PRAGMA data_version` shows them that there was
-- a change, and this table shows which. It keeps the last 1,000; a process that missed more empties its cache.
CREATE TABLE changes (
    id   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'user', 'site')),
    name TEXT NOT NULL
);
CREATE TRIGGER changes_are_few AFTER INSERT ON changes
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;

-- INSERT OR REPLACE fires no other trigger for the row that it removes.
CREATE TRIGGER page_replaced BEFORE INSERT ON pages
BEGIN INSERT INTO changes (kind, name) SELECT 'page', path FROM pages WHERE id = new.id; END;
CREATE TRIGGER page_made AFTER INSERT ON pages
BEGIN INSERT INTO changes (kind, name) VALUES ('page', new.path); END;
CREATE TRIGGER page_changed AFTER UPDATE ON pages
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path), ('page', new.path); END;
CREATE TRIGGER page_deleted AFTER DELETE ON pages
BEGIN INSERT INTO changes (kind, name) VALUES ('page', old.path); END;

CREATE TRIGGER user_replaced BEFORE INSERT ON users
BEGIN INSERT INTO changes (kind, name) SELECT 'user', name FROM users WHERE id = new.id; END;
CREATE TRIGGER user_made AFTER INSERT ON users
BEGIN INSERT INTO changes (kind, name) VALUES ('user', new.name); END;
-- No row for last_sign_in_at, which changes nobody's rights.
CREATE TRIGGER user_changed AFTER UPDATE OF id, name, role, password_hash, active, theme ON users
BEGIN INSERT INTO changes (kind, name) VALUES ('user', old.name), ('user', new.name); END;
CREATE TRIGGER user_deleted AFTER DELETE ON users
BEGIN INSERT INTO changes (kind, name) VALUES ('user', old.name); END;

CREATE TRIGGER site_made AFTER INSERT ON site BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER site_changed AFTER UPDATE ON site BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER site_deleted AFTER DELETE ON site BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;

-- SQLite could store a date without a time, which the application cannot read as a moment.
CREATE TRIGGER page_times_are_moments BEFORE INSERT ON pages
WHEN length(new.published_at) < 16 OR datetime(new.published_at) IS NULL
BEGIN SELECT RAISE(ABORT, 'published_at is a moment, such as 2026-03-01 09:30:00'); END;
CREATE TRIGGER page_times_stay_moments BEFORE UPDATE OF published_at ON pages
WHEN length(new.published_at) < 16 OR datetime(new.published_at) IS NULL
BEGIN SELECT RAISE(ABORT, 'published_at is a moment, such as 2026-03-01 09:30:00'); END;

-- INSERT OR REPLACE would bypass the triggers that keep the audit trail append-only.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
