-- The form that made a revision: a form whose answer was lost is sent again, and finds its own save. 0 is no form.
ALTER TABLE revisions ADD COLUMN form BIGINT NOT NULL DEFAULT 0;
CREATE INDEX revisions_by_form ON revisions (form) WHERE form <> 0;
