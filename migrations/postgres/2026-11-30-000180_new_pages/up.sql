-- The audience with which the form of a new page begins.
ALTER TABLE site ADD COLUMN new_pages TEXT NOT NULL DEFAULT 'inherited' CHECK (new_pages IN ('inherited', 'signed-in'));
