DROP TRIGGER language_page_moved ON pages;
DROP TRIGGER language_page_made ON pages;
DROP TRIGGER menu_language_deleted ON placements;
DROP TRIGGER menu_language_changed ON placements;
DROP TRIGGER menu_language_made ON placements;
DROP FUNCTION tell_of_language_page();
DROP FUNCTION tell_of_language();
DROP FUNCTION tell_of_menu_below(text);
