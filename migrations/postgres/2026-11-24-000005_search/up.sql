-- The text in the form that is compared, the same as on SQLite: lower case, Latin letters without their accents, and
-- nothing between words that the parser could take for an address, a path or a number with a sign.
CREATE FUNCTION search_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT translate(regexp_replace(normalize(regexp_replace(normalize(lower($1 COLLATE "default"), NFD),
        '([a-z])[\u0300-\u036f]+', '\1', 'g'), NFC),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u2190-\u2bff\u3000-\u3004\u3008-\u3020]+',
    ' ', 'g'), 'ς', 'σ') $$;

-- The words of a page. A lexeme that no search can ask for separates title, summary and text, so that no phrase matches
-- across their boundaries.
CREATE FUNCTION search_words(title text, summary text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT setweight(to_tsvector('simple', search_text(title)), 'A') || '''|'':1'::tsvector
       || setweight(to_tsvector('simple', search_text(summary)), 'B') || '''|'':1'::tsvector
       || setweight(to_tsvector('simple', search_text(left(body, 200000))), 'C') $$;

-- The query: one term on each line, after `+` (a word or a prefix), `=` (an exact word or phrase) or `-` (an
-- exclusion). No content of a line is a syntax error; a query without a wanted term finds nothing.
CREATE FUNCTION search_query(terms text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$ DECLARE
    term text;
    words tsquery;
    wanted tsquery;
    unwanted tsquery;
BEGIN
    FOREACH term IN ARRAY string_to_array(terms, E'\n') LOOP
        words := phraseto_tsquery('simple', search_text(substr(term, 2)));
        CONTINUE WHEN numnode(words) = 0;
        CASE left(term, 1)
            WHEN '+' THEN
                words := (words::text || ':*')::tsquery;
                wanted := CASE WHEN wanted IS NULL THEN words ELSE wanted && words END;
            WHEN '=' THEN wanted := CASE WHEN wanted IS NULL THEN words ELSE wanted && words END;
            ELSE unwanted := CASE WHEN unwanted IS NULL THEN words ELSE unwanted || words END;
        END CASE;
    END LOOP;
    RETURN CASE WHEN unwanted IS NULL THEN wanted ELSE wanted && !!unwanted END;
END $$;

CREATE TABLE search (
    page_id BIGINT PRIMARY KEY,
    title   TSVECTOR NOT NULL,
    words   TSVECTOR NOT NULL,
    -- For the panel only.
    path    TSVECTOR NOT NULL
);

-- A page with more different words than an entry can hold is not refused: a search finds it by its title and its
-- summary.
CREATE FUNCTION search_put(id bigint, title text, summary text, body text, path text) RETURNS void LANGUAGE plpgsql AS
$$ DECLARE
    title_words CONSTANT tsvector := to_tsvector('simple', search_text(title));
    path_words CONSTANT tsvector := to_tsvector('simple', search_text(path));
BEGIN
    INSERT INTO search VALUES (id, title_words, search_words(title, summary, body), path_words);
EXCEPTION WHEN program_limit_exceeded THEN
    INSERT INTO search VALUES (id, title_words, search_words(title, summary, ''), path_words);
END $$;
CREATE FUNCTION search_keep() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM search WHERE page_id = old.id; END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM search_put(new.id, new.title, new.summary, new.body, new.path); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM search; RETURN NULL; END $$;
CREATE TRIGGER search_kept AFTER INSERT OR DELETE OR UPDATE OF id, title, summary, body, path ON pages
    FOR EACH ROW EXECUTE FUNCTION search_keep();
CREATE TRIGGER search_forgotten AFTER TRUNCATE ON pages FOR EACH STATEMENT EXECUTE FUNCTION search_forget();
ALTER TABLE pages ENABLE ALWAYS TRIGGER search_kept, ENABLE ALWAYS TRIGGER search_forgotten;

SELECT count(search_put(id, title, summary, body, path)) FROM pages;
-- Without a pending list (fastupdate): searches are more frequent than saves.
CREATE INDEX search_by_title ON search USING gin (title) WITH (fastupdate = off);
CREATE INDEX search_by_words ON search USING gin (words) WITH (fastupdate = off);
CREATE INDEX search_by_path ON search USING gin (path) WITH (fastupdate = off);
