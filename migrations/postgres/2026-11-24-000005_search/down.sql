DROP TRIGGER search_kept ON pages;
DROP TRIGGER search_forgotten ON pages;
DROP FUNCTION search_keep();
DROP FUNCTION search_forget();
DROP FUNCTION search_put(bigint, text, text, text, text);
DROP TABLE search;
DROP FUNCTION search_query(text);
DROP FUNCTION search_words(text, text, text);
DROP FUNCTION search_text(text);
