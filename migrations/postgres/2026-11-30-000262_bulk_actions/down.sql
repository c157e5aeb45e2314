DROP TABLE bulk_pages;
DROP TABLE bulk_actions;
