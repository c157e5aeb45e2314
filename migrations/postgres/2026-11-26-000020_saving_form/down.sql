DROP INDEX revisions_by_form;
ALTER TABLE revisions DROP COLUMN form;
