DROP TABLE old_paths;
DROP TABLE trash;
DROP TABLE revisions;
DROP FUNCTION revisions_are_not_changed;
