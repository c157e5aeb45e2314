DROP TRIGGER links_followed ON pages;
DROP TRIGGER links_forgotten ON pages;
DROP FUNCTION links_follow();
DROP FUNCTION links_forget();
DROP TABLE links_unread;
DROP TABLE links;
