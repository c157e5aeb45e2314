DROP TABLE first_steps;
DROP INDEX drafts_by_person;
