DROP TABLE renditions;
DROP TABLE files;
DROP TABLE content_parts;
DROP TABLE contents;
