DROP TABLE renditions, files, content_parts, contents;
DROP FUNCTION tell_of_file(), tell_of_rendition();
