-- Nothing: SQLite has no subscribers. The two databases have the same migrations.
SELECT 1;
