-- The bulk actions of the last hour, with the pages that each changed, so that they can be undone. `user_id` is NULL for the
-- command line. Nothing here reports a change to the feed.
CREATE TABLE bulk_actions (
    id         BIGINT PRIMARY KEY NOT NULL,
    user_id    BIGINT,
    done_at    TIMESTAMP NOT NULL,
    undone_at  TIMESTAMP
);
CREATE INDEX bulk_actions_by_date ON bulk_actions (done_at);

-- `version` is the version of the page after the action: its last one, if it is no longer published. After an undo, `stays` is
-- empty for a page that was undone, and the reason for any other.
CREATE TABLE bulk_pages (
    bulk_id  BIGINT NOT NULL REFERENCES bulk_actions (id) ON DELETE CASCADE,
    page_id  BIGINT NOT NULL,
    effect   TEXT NOT NULL
        CHECK (effect IN ('readers', 'moved', 'unpublished', 'published', 'changed', 'deleted')),
    version  BIGINT NOT NULL,
    stays    TEXT,
    PRIMARY KEY (bulk_id, page_id)
);
