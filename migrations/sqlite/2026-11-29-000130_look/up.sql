-- The look of the site for its readers.
ALTER TABLE site ADD COLUMN look TEXT NOT NULL DEFAULT 'plain';
ALTER TABLE site ADD COLUMN accent TEXT NOT NULL DEFAULT '';
ALTER TABLE site ADD COLUMN typeface TEXT NOT NULL DEFAULT 'look';
ALTER TABLE site ADD COLUMN width TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE site ADD COLUMN css TEXT NOT NULL DEFAULT '';

-- The footer is Markdown. Each of its lines was a paragraph of plain text, and stays one: spaces are joined, what Markdown
-- would read as a mark gets a backslash, and an empty line follows each line.
UPDATE site SET footer = replace(replace(replace(replace(footer, char(9), ' '), '  ', ' '), '  ', ' '), '  ', ' ');
UPDATE site SET footer = replace(footer, '\', '\\');
UPDATE site SET footer = replace(replace(replace(replace(footer, '*', '\*'), '_', '\_'), '[', '\['), ']', '\]');
UPDATE site SET footer = replace(replace(replace(replace(footer, '<', '\<'), '>', '\>'), '#', '\#'), '`', '\`');
UPDATE site SET footer = replace(replace(replace(replace(footer, '~', '\~'), '$', '\$'), '|', '\|'), '&', '\&');
UPDATE site SET footer = substr(replace(replace(char(10) || footer, char(10) || '-', char(10) || '\-'), char(10) || ' -', char(10) || ' \-'), 2);
UPDATE site SET footer = substr(replace(replace(char(10) || footer, char(10) || '+', char(10) || '\+'), char(10) || ' +', char(10) || ' \+'), 2);
UPDATE site SET footer = substr(replace(replace(char(10) || footer, char(10) || '=', char(10) || '\='), char(10) || ' =', char(10) || ' \='), 2);
UPDATE site SET footer = replace(footer, char(10), char(10) || char(10));
