DROP TRIGGER menu_page_made ON pages;
DROP TRIGGER menu_page_changed ON pages;
DROP TABLE menu;
DROP TABLE navigation;
DROP FUNCTION tell_of_menu_page;
DROP FUNCTION tell_of_menu;
