DROP TRIGGER user_changed ON users;
CREATE TRIGGER user_changed AFTER UPDATE OF id, name, role, password_hash, active, theme ON users
    FOR EACH ROW EXECUTE FUNCTION tell_of_user();
ALTER TABLE users ENABLE ALWAYS TRIGGER user_changed;
DROP INDEX users_by_end;
ALTER TABLE users DROP COLUMN ends_at;
DROP TABLE invitations;
