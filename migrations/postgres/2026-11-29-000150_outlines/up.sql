-- Nothing to do: PostgreSQL keeps long texts outside of the row.
SELECT 1;
