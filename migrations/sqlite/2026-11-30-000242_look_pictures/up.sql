-- The logo and the icon of the site: at most one row for each name.
CREATE TABLE look_pictures (
    name       TEXT PRIMARY KEY NOT NULL CHECK (name IN ('logo', 'logo-dark', 'icon')),
    ending     TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES contents (id)
);
CREATE INDEX look_pictures_by_content ON look_pictures (content_id);
CREATE TRIGGER look_picture_added AFTER INSERT ON look_pictures
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER look_picture_changed AFTER UPDATE ON look_pictures
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
CREATE TRIGGER look_picture_deleted AFTER DELETE ON look_pictures
BEGIN INSERT INTO changes (kind, name) VALUES ('site', ''); END;
