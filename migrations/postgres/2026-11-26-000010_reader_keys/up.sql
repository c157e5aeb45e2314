-- The access that a page had when it left the site: restored or published again, it opens to nobody else without a
-- confirmation. Rows from before this migration do not have it; theirs is the narrowest that their columns allow. The
-- `private` of an inherited audience is older than the last change above the page, and counts for nothing.
ALTER TABLE trash ADD COLUMN readers_from BIGINT;
UPDATE trash SET private = TRUE, readers_from = id WHERE audience IN ('inherited', 'chosen');
ALTER TABLE drafts ADD COLUMN was_private BOOLEAN, ADD COLUMN was_readers_from BIGINT;
UPDATE drafts SET (was_private, was_readers_from) = (
    SELECT audience <> 'public', CASE WHEN audience IN ('inherited', 'chosen') THEN page_id END
    FROM revisions WHERE page_id = drafts.page_id ORDER BY version DESC LIMIT 1
)
WHERE NOT EXISTS (SELECT FROM pages WHERE id = drafts.page_id);

-- The chosen readers of a draft by key, one on each line as in `revisions.readers`: `u17 ann`, `g4 Staff`. Rows from
-- before this migration have names alone, in both tables; such a name counts for accounts that are older than the row.
ALTER TABLE drafts ADD COLUMN readers TEXT;
