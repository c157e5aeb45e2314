DROP TRIGGER links_of_new;
DROP TRIGGER links_of_changed;
DROP TRIGGER links_of_deleted;
DROP TABLE links_unread;
DROP TABLE links;
