DROP TABLE app_passwords;
DROP FUNCTION tell_of_app_password();
