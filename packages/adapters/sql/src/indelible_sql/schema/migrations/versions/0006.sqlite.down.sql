DROP TRIGGER subscriber_cursors_fence
--;
DROP TRIGGER subscriber_cursors_first
--;
DROP TRIGGER subscriber_cursors_fixed
--;
DROP TRIGGER subscriber_cursors_no_delete
--;
DROP TRIGGER subscriber_cursors_no_nested_update
--;
DROP TRIGGER subscriber_cursors_no_replace
--;
DROP TRIGGER subscriber_cursors_values_on_insert
--;
DROP TRIGGER subscriber_cursors_values_on_update
--;
DROP TABLE subscriber_cursors
