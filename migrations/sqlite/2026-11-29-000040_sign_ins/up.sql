-- The client networks from which each user signed in during the last 30 days, with the last time.
CREATE TABLE sign_in_places (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    last_at TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, network)
) WITHOUT ROWID;
CREATE INDEX sign_in_places_by_date ON sign_in_places (last_at);

-- The consecutive wrong passwords of the last hour: of an account, and of an account from a client network. Each running
-- instance has rows of its own. A name that nobody has is counted like any other: the name is a keyed hash, because people
-- type passwords into the wrong field.
CREATE TABLE failed_sign_ins (
    name     TEXT NOT NULL,
    scope    TEXT NOT NULL,
    instance BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    last_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (name, scope, instance)
) WITHOUT ROWID;
CREATE INDEX failed_sign_ins_by_date ON failed_sign_ins (last_at);

-- The key of these hashes; the first instance makes it.
CREATE TABLE name_key (id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1), secret TEXT NOT NULL);

-- A shell that does not enforce foreign keys leaves no places of a deleted user either.
DROP TRIGGER user_deleted_by_hand;
CREATE TRIGGER user_deleted_by_hand AFTER DELETE ON users BEGIN
    DELETE FROM group_members WHERE user_id = old.id;
    DELETE FROM page_people WHERE user_id = old.id;
    DELETE FROM receipts WHERE user_id = old.id;
    DELETE FROM sign_in_places WHERE user_id = old.id;
END;
