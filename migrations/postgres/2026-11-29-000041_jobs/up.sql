-- The bulk jobs of the last hour, so that every instance can show them. `beat_at` is renewed while the job's instance works
-- for it. The transaction of the job's change sets `state` to `committed`: a job that is not, and is not renewed, changed
-- nothing.
CREATE TABLE jobs (
    id       BIGINT PRIMARY KEY,
    user_id  BIGINT NOT NULL,
    title    TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('running', 'committed', 'redirect', 'page', 'failed')),
    done     BIGINT NOT NULL DEFAULT 0,
    total    BIGINT NOT NULL DEFAULT 0,
    status   BIGINT NOT NULL DEFAULT 0,
    result   TEXT NOT NULL DEFAULT '',
    beat_at  TIMESTAMP NOT NULL
);
CREATE INDEX jobs_by_date ON jobs (beat_at);
