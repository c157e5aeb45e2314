DROP TRIGGER audience_is_not_set;
DROP TRIGGER private_recorded;
