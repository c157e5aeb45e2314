DROP TRIGGER page_listed_anew ON pages;
CREATE TRIGGER page_listed_anew
    AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
    FOR EACH ROW EXECUTE FUNCTION list_page();
ALTER TABLE pages ENABLE ALWAYS TRIGGER page_listed_anew;
