DROP TRIGGER user_deleted_by_hand;
DROP TRIGGER group_deleted_by_hand;
DROP TRIGGER audience_is_not_set;
DROP TRIGGER private_recorded;
