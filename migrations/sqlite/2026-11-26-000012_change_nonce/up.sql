-- The number of a change does not tell it from a change of another history, such as that of a backup that was restored
-- into the file and went on from there; its random nonce does.
DROP TABLE changes;
CREATE TABLE changes (
    id    INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    nonce INTEGER NOT NULL DEFAULT (random()),
    kind  TEXT NOT NULL CHECK (kind IN ('page', 'user', 'site')),
    name  TEXT NOT NULL
);
CREATE TRIGGER changes_are_few AFTER INSERT ON changes
BEGIN DELETE FROM changes WHERE id <= new.id - 1000; END;
INSERT INTO changes (kind, name) VALUES ('site', '');
