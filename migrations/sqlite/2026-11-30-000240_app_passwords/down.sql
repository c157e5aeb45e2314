DROP TRIGGER app_passwords_go_with_their_user;
DROP TABLE app_passwords;
