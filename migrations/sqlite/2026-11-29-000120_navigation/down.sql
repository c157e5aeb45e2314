DROP TRIGGER menu_page_made;
DROP TRIGGER menu_page_deleted;
DROP TRIGGER menu_page_changed;
DROP TABLE menu;
DROP TABLE navigation;
