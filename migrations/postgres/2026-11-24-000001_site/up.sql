-- COLLATE "C" makes order and ranges those of the bytes, on every server.
CREATE TABLE pages (
    id           BIGINT PRIMARY KEY,
    path         TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(path) <= 200 AND path !~ '[^a-z0-9/-]'),
    title        TEXT COLLATE "C" NOT NULL CHECK (title <> ''),
    summary      TEXT NOT NULL DEFAULT '',
    body         TEXT NOT NULL DEFAULT '',
    private      BOOLEAN NOT NULL DEFAULT FALSE,
    show_title   BOOLEAN NOT NULL DEFAULT FALSE,
    list_below   BOOLEAN NOT NULL DEFAULT FALSE,
    published_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    created_at   TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at   TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    version      BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);
CREATE INDEX pages_by_date ON pages (published_at DESC, path);
CREATE INDEX pages_public_by_date ON pages (published_at DESC, path) WHERE NOT private;
CREATE INDEX pages_by_update ON pages (updated_at);

CREATE TABLE users (
    id              BIGINT PRIMARY KEY,
    name            TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
    role            TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    password_hash   TEXT NOT NULL,
    active          BOOLEAN NOT NULL DEFAULT TRUE,
    theme           TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    created_at      TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    last_sign_in_at TIMESTAMP,
    version         BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
);

CREATE TABLE site (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
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
    id      BIGINT PRIMARY KEY,
    at      TIMESTAMP NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at DESC);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Lower case by the database's default locale, regardless of the column's collation. SQLite has the same
-- function from Rust.
CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower($1 COLLATE "default") COLLATE "C" $$;
