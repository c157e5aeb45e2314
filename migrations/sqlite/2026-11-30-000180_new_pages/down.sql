ALTER TABLE site DROP COLUMN new_pages;
