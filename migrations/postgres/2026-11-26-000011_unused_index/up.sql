-- Lists are read from the table `listings`; no query uses this index.
DROP INDEX pages_public_by_date;
