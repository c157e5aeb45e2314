DROP TABLE old_paths;
DROP TABLE trash;
DROP TABLE revisions;
