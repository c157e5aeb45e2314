ALTER TABLE drafts DROP COLUMN readers;
ALTER TABLE drafts DROP COLUMN was_readers_from;
ALTER TABLE drafts DROP COLUMN was_private;
ALTER TABLE trash DROP COLUMN readers_from;
