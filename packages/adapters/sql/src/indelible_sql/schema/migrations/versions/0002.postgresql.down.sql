DROP TRIGGER history_in_order ON indelible.history
--;
DROP FUNCTION indelible.history_in_order
