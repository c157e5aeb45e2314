DROP TABLE changes;
CREATE TABLE changes (
    id   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'user', 'site')),
    name TEXT NOT NULL
);
CREATE TRIGGER changes_are_few AFTER INSERT ON changes
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;
