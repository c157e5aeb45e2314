-- SQLite keeps the text of a page before the columns that say who may read it, and would read all of a long text to reach them:
-- the time of a refusal would tell the length. These indexes hold those columns without the text.
CREATE INDEX pages_outline_by_path ON pages (path, private, readers_from, published_at, unpublish_at);
CREATE INDEX pages_outline_by_id ON pages (id, path, private, readers_from, published_at, unpublish_at);
