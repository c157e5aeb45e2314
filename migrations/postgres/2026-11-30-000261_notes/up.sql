-- What administrators note of a user, such as an address. It changes nobody's rights, so that nothing reports its changes.
ALTER TABLE users ADD COLUMN note TEXT NOT NULL DEFAULT '';
