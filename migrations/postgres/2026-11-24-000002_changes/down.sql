DROP TRIGGER users_emptied ON users;
DROP TRIGGER pages_emptied ON pages;
DROP TRIGGER site_changed ON site;
DROP TRIGGER user_changed ON users;
DROP TRIGGER user_made ON users;
DROP TRIGGER page_changed ON pages;
DROP FUNCTION tell_of_everything;
DROP FUNCTION tell_of_user;
DROP FUNCTION tell_of_page;
