-- `UPDATE pages SET private` by hand is a version like any other: a form that was opened before it conflicts, instead of
-- saving over it, and a page that comes back from drafts or from the trash comes back with it. In no order with the
-- trigger `private_by_hand`, so it says itself what that one makes of the audience.
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
-- `audience` is not set by hand: it says nothing without what it comes to. The triggers set it after `private`.
CREATE TRIGGER audience_is_not_set BEFORE UPDATE OF audience ON pages
WHEN new.settled = old.settled AND new.audience <> old.audience
AND NOT (new.private = old.private AND new.readers_from IS NULL
         AND new.audience = CASE WHEN new.private THEN 'signed-in' ELSE 'public' END)
BEGIN SELECT RAISE(ABORT, 'audience is not set by hand: set private, or choose readers in the panel'); END;

-- A shell that does not keep foreign keys, as SQLite's own, leaves nobody who reads by a group that is gone.
CREATE TRIGGER group_deleted_by_hand AFTER DELETE ON groups BEGIN
    DELETE FROM group_members WHERE group_id = old.id;
    DELETE FROM page_groups WHERE group_id = old.id;
END;
CREATE TRIGGER user_deleted_by_hand AFTER DELETE ON users BEGIN
    DELETE FROM group_members WHERE user_id = old.id;
    DELETE FROM page_people WHERE user_id = old.id;
END;
