DROP TRIGGER user_changed;
CREATE TRIGGER user_changed AFTER UPDATE OF id, name, role, password_hash, active, theme ON users
BEGIN INSERT INTO changes (kind, name) VALUES ('user', old.name), ('user', new.name); END;
DROP INDEX users_by_end;
ALTER TABLE users DROP COLUMN ends_at;
DROP TRIGGER invitations_end_with_user;
DROP TABLE invitations;
