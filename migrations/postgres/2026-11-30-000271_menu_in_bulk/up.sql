-- Nothing to do: PostgreSQL notifies of each page.
SELECT 1;
