-- A change of access by the application changes thousands of pages in one transaction: a page is listed anew only if a
-- column that its rows in `listings` depend on changed.
DROP TRIGGER page_listed_anew ON pages;
CREATE TRIGGER page_listed_anew
    AFTER UPDATE OF id, path, private, readers_from, show_title, published_at, unpublish_at ON pages
    FOR EACH ROW
    WHEN ((old.id, old.path, old.private, old.readers_from, old.show_title, old.published_at, old.unpublish_at)
          IS DISTINCT FROM
          (new.id, new.path, new.private, new.readers_from, new.show_title, new.published_at, new.unpublish_at))
    EXECUTE FUNCTION list_page();
ALTER TABLE pages ENABLE ALWAYS TRIGGER page_listed_anew;
