DROP INDEX shares_open;
DROP INDEX app_passwords_open;
DROP INDEX invitations_open;
