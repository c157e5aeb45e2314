-- Nothing to do: PostgreSQL keeps no table of changes.
SELECT 1;
