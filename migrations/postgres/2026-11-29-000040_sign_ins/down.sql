DROP TABLE name_key;
DROP TABLE failed_sign_ins;
DROP TABLE sign_in_places;
