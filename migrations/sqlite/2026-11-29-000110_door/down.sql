ALTER TABLE site DROP COLUMN hides_pages;
ALTER TABLE site DROP COLUMN contact;
