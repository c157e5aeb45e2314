-- The keys that nobody used up or ended, for the list of who has some, in which each user is looked up, too.
CREATE INDEX invitations_open ON invitations (user_id, ends_at) WHERE used_at IS NULL AND ended_at IS NULL;
CREATE INDEX app_passwords_open ON app_passwords (user_id, ends_at) WHERE ended_at IS NULL;
CREATE INDEX shares_open ON shares (user_id, ends_at) WHERE ended_at IS NULL;
