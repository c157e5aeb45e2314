-- The client networks from which each user signed in during the last 30 days, with the last time.
CREATE TABLE sign_in_places (
    user_id BIGINT NOT NULL REFERENCES users ON DELETE CASCADE,
    network TEXT NOT NULL,
    last_at TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, network)
);
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
);
CREATE INDEX failed_sign_ins_by_date ON failed_sign_ins (last_at);

-- The key of these hashes; the first instance makes it.
CREATE TABLE name_key (id BIGINT PRIMARY KEY CHECK (id = 1), secret TEXT NOT NULL);
