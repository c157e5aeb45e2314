-- Whom somebody without a working password may ask, as Markdown, and whether strangers get one answer for every path that
-- they may not read.
ALTER TABLE site ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE site ADD COLUMN hides_pages BOOLEAN NOT NULL DEFAULT FALSE;
