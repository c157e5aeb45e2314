DROP INDEX pages_outline_by_id;
DROP INDEX pages_outline_by_path;
