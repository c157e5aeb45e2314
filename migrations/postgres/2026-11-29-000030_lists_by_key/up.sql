-- The orders and filters of the panel's lists. The keys are in the same directions as the lists, or all in the opposite ones.
-- `lower` of ASCII letters is the same on both databases.
CREATE INDEX pages_by_title ON pages (lower(title), path);
DROP INDEX pages_by_update;
CREATE INDEX pages_by_update ON pages (updated_at DESC, path);
-- 0 for everybody, 1 for anyone signed in, 2 for chosen readers.
CREATE INDEX pages_by_access ON pages (
    (CASE WHEN NOT private THEN 0 WHEN readers_from IS NULL THEN 1 ELSE 2 END), published_at DESC, path
);
CREATE INDEX users_by_name ON users (lower(name), name);
CREATE INDEX users_by_role ON users (role, active);
CREATE INDEX users_never_signed_in ON users (created_at, name) WHERE active AND last_sign_in_at IS NULL;
DROP INDEX audit_by_time;
CREATE INDEX audit_by_time ON audit (at DESC, id DESC);
CREATE INDEX audit_by_action ON audit (action, at DESC, id DESC);
CREATE INDEX audit_by_subject ON audit (subject, at DESC, id DESC);
DROP INDEX trash_by_time;
CREATE INDEX trash_by_time ON trash (deleted_at DESC, path, id);
CREATE INDEX drafts_by_time ON drafts (saved_at DESC, page_id);
