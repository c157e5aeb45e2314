-- The index had the words of comments and of other parts of a text that its page does not show. A running Postern reads all
-- texts again. Until then, a page is found by the words that it had.
INSERT OR REPLACE INTO full_text_unread (page_id) SELECT id FROM pages;
