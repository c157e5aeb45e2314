-- Links that open a page, a page with those below it, or a draft. `secret_hash` is the SHA-256 of the secret in the link, hexadecimal.
-- No cache keeps what a share opens, so that nothing reports its changes.
CREATE TABLE shares (
    id          BIGINT PRIMARY KEY,
    page_id     BIGINT NOT NULL,
    secret_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    label       TEXT NOT NULL,
    shows       TEXT NOT NULL CHECK (shows IN ('page', 'section', 'draft')),
    made_at     TIMESTAMP NOT NULL,
    made_by     TEXT NOT NULL,
    user_id     BIGINT REFERENCES users ON DELETE SET NULL,
    ends_at     TIMESTAMP NOT NULL,
    ended_at    TIMESTAMP,
    opened_at   TIMESTAMP
);
CREATE INDEX shares_by_page ON shares (page_id, made_at);
CREATE INDEX shares_by_user ON shares (user_id);
CREATE INDEX shares_by_moment ON shares (made_at DESC, id);
-- Who may make them.
ALTER TABLE site ADD COLUMN sharers TEXT NOT NULL DEFAULT 'editors'
    CHECK (sharers IN ('editors', 'administrators', 'nobody'));
