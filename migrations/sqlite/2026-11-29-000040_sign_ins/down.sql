DROP TRIGGER user_deleted_by_hand;
CREATE TRIGGER user_deleted_by_hand AFTER DELETE ON users BEGIN
    DELETE FROM group_members WHERE user_id = old.id;
    DELETE FROM page_people WHERE user_id = old.id;
    DELETE FROM receipts WHERE user_id = old.id;
END;
DROP TABLE name_key;
DROP TABLE failed_sign_ins;
DROP TABLE sign_in_places;
