DROP FUNCTION fold(text);
DROP TABLE audit;
DROP FUNCTION audit_is_append_only();
DROP TABLE site;
DROP TABLE users;
DROP TABLE pages;
