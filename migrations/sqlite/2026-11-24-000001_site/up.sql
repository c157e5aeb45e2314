CREATE TABLE pages (
    id           INTEGER PRIMARY KEY NOT NULL,
    path         TEXT NOT NULL UNIQUE CHECK (length(path) <= 200 AND path NOT GLOB '*[^a-z0-9/-]*'),
    title        TEXT NOT NULL CHECK (title <> ''),
    summary      TEXT NOT NULL DEFAULT '',
    body         TEXT NOT NULL DEFAULT '',
    private      BOOLEAN NOT NULL DEFAULT FALSE CHECK (private IN (0, 1)),
    show_title   BOOLEAN NOT NULL DEFAULT FALSE CHECK (show_title IN (0, 1)),
    list_below   BOOLEAN NOT NULL DEFAULT FALSE CHECK (list_below IN (0, 1)),
    published_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    created_at   TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    updated_at   TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    version      BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);
CREATE INDEX pages_by_date ON pages (published_at DESC, path);
CREATE INDEX pages_public_by_date ON pages (published_at DESC, path) WHERE NOT private;
CREATE INDEX pages_by_update ON pages (updated_at);

CREATE TABLE users (
    id              INTEGER PRIMARY KEY NOT NULL,
    name            TEXT NOT NULL UNIQUE CHECK (name <> ''),
    role            TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    password_hash   TEXT NOT NULL,
    active          BOOLEAN NOT NULL DEFAULT TRUE CHECK (active IN (0, 1)),
    theme           TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    created_at      TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    last_sign_in_at TIMESTAMP,
    version         BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);

CREATE TABLE site (
    id       INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    title    TEXT NOT NULL,
    tagline  TEXT NOT NULL,
    language TEXT NOT NULL,
    realm    TEXT NOT NULL,
    refusal  TEXT NOT NULL,
    footer   TEXT NOT NULL,
    version  BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);
INSERT INTO site (id, title, tagline, language, realm, refusal, footer) VALUES (
    1, 'Postern', 'Some of these pages are private.', 'en', 'Postern',
    'This page is private. Sign in with your name and password to read it.', ''
);

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY NOT NULL,
    at      TIMESTAMP NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    name    TEXT NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at DESC);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
