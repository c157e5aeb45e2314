DROP TRIGGER private_recorded ON pages;
DROP TRIGGER audience_by_hand ON pages;
DROP TRIGGER private_in_turn ON pages;
DROP FUNCTION record_private, audience_by_hand, readers_take_turns;
