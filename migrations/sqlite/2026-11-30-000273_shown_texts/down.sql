INSERT OR REPLACE INTO full_text_unread (page_id) SELECT id FROM pages;
