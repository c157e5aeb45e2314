DROP TRIGGER language_page_deleted;
DROP TRIGGER language_page_moved;
DROP TRIGGER language_page_made;
DROP TRIGGER menu_language_deleted;
DROP TRIGGER menu_language_changed;
DROP TRIGGER menu_language_made;
