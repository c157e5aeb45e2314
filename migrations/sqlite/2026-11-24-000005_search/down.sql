DROP TRIGGER search_made;
DROP TRIGGER search_changed;
DROP TRIGGER search_deleted;
DROP TABLE search;
