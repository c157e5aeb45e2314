-- The footer stays Markdown.
ALTER TABLE site DROP COLUMN css;
ALTER TABLE site DROP COLUMN width;
ALTER TABLE site DROP COLUMN typeface;
ALTER TABLE site DROP COLUMN accent;
ALTER TABLE site DROP COLUMN look;
