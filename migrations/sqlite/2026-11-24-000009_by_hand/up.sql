-- `UPDATE pages SET private` by SQL makes a version like any other: a form that was opened before it conflicts instead
-- of overwriting it, and a page that is restored from drafts or from the trash keeps it. SQLite fires this trigger and
-- `private_by_hand` in no fixed order, so this one computes the audience itself.
CREATE TRIGGER private_recorded AFTER UPDATE OF private ON pages
WHEN new.private <> old.private AND new.settled = old.settled AND new.audience = old.audience
BEGIN
    UPDATE pages SET version = new.version + 1 WHERE id = new.id;
    INSERT OR IGNORE INTO revisions (id, page_id, version, at, actor, detail, path, title, summary, body, private,
                                     show_title, list_below, published_at, audience, unpublish_at)
    VALUES (abs(random() % 9007199254740991), new.id, new.version + 1, strftime('%Y-%m-%d %H:%M:%f', 'now'), '',
            'who reads it, by hand', new.path, new.title, new.summary, new.body, new.private, new.show_title,
            new.list_below, new.published_at, CASE WHEN new.private THEN 'signed-in' ELSE 'public' END,
            new.unpublish_at);
END;
-- SQL cannot set `audience`, which has no meaning without `private` and `readers_from`. The triggers set it after
-- `private`.
CREATE TRIGGER audience_is_not_set BEFORE UPDATE OF audience ON pages
WHEN new.settled = old.settled AND new.audience <> old.audience
AND NOT (new.private = old.private AND new.readers_from IS NULL
         AND new.audience = CASE WHEN new.private THEN 'signed-in' ELSE 'public' END)
BEGIN SELECT RAISE(ABORT, 'audience is not set by hand: set private, or choose readers in the panel'); END;

-- A shell that does not enforce foreign keys, such as SQLite's own, leaves no readers from a deleted group.
CREATE TRIGGER group_deleted_by_hand AFTER DELETE ON groups BEGIN
    DELETE FROM group_members WHERE group_id = old.id;
    DELETE FROM page_groups WHERE group_id = old.id;
END;
CREATE TRIGGER user_deleted_by_hand AFTER DELETE ON users BEGIN
    DELETE FROM group_members WHERE user_id = old.id;
    DELETE FROM page_people WHERE user_id = old.id;
END;
