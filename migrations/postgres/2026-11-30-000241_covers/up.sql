-- The cover picture of a page is one of its files.
ALTER TABLE files ADD COLUMN cover BOOLEAN NOT NULL DEFAULT FALSE;
