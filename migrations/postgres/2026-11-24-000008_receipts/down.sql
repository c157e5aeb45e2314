DROP TABLE receipts, receipt_pages;
DROP FUNCTION tell_of_receipts;
