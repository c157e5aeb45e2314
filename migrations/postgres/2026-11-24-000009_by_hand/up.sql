-- `UPDATE pages SET private` by SQL makes a version like any other: a form that was opened before it conflicts instead
-- of overwriting it, and a page that is restored from drafts or from the trash keeps it. It waits for the same lock as
-- the changes of the application, so that it also applies to a page below that is created at the same moment. SQL
-- cannot set `audience`, which has no meaning without `private` and `readers_from`.
CREATE FUNCTION readers_take_turns() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    -- "readers" as a number, as in the application.
    PERFORM pg_advisory_xact_lock(32199616315617907);
    RETURN NULL;
END $$;
CREATE TRIGGER private_in_turn BEFORE UPDATE OF private ON pages
    FOR EACH STATEMENT EXECUTE FUNCTION readers_take_turns();

-- Triggers of one kind fire in the order of their names: this one fires before `private_by_hand`, which changes the
-- audience.
CREATE FUNCTION audience_by_hand() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF new.settled = old.settled AND new.audience <> old.audience THEN
        RAISE EXCEPTION 'audience is not set by hand: set private, or choose readers in the panel';
    ELSIF new.settled = old.settled AND new.private <> old.private THEN
        new.version := old.version + 1;
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER audience_by_hand BEFORE UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION audience_by_hand();

CREATE FUNCTION record_private() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF new.settled = old.settled AND new.private <> old.private THEN
        INSERT INTO revisions (id, page_id, version, at, actor, detail, path, title, summary, body, private, show_title,
                               list_below, published_at, audience, unpublish_at)
        VALUES (floor(random() * 9007199254740991)::bigint, new.id, new.version, now() AT TIME ZONE 'utc', '',
                'who reads it, by hand', new.path, new.title, new.summary, new.body, new.private, new.show_title,
                new.list_below, new.published_at, new.audience, new.unpublish_at)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER private_recorded AFTER UPDATE OF private ON pages FOR EACH ROW EXECUTE FUNCTION record_private();
ALTER TABLE pages ENABLE ALWAYS TRIGGER private_in_turn, ENABLE ALWAYS TRIGGER audience_by_hand,
    ENABLE ALWAYS TRIGGER private_recorded;
