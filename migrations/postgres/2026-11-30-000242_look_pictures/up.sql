-- The logo and the icon of the site: at most one row for each name.
CREATE TABLE look_pictures (
    name       TEXT PRIMARY KEY CHECK (name IN ('logo', 'logo-dark', 'icon')),
    ending     TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES contents
);
CREATE INDEX look_pictures_by_content ON look_pictures (content_id);
CREATE TRIGGER look_pictures_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON look_pictures
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_everything();
ALTER TABLE look_pictures ENABLE ALWAYS TRIGGER look_pictures_changed;
