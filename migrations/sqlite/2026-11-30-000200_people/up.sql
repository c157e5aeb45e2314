-- The drafts that somebody saved last, newest first; and whether the dashboard hides the first steps, in one row. A site that is in
-- use when this is applied has taken them.
CREATE INDEX drafts_by_person ON drafts (saved_by, saved_at DESC);
CREATE TABLE first_steps (
    id     BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    hidden BOOLEAN NOT NULL CHECK (hidden IN (0, 1))
);
INSERT INTO first_steps (id, hidden)
SELECT 1, EXISTS (SELECT 1 FROM site WHERE version > 1) OR EXISTS (SELECT 1 FROM pages);
