DROP TRIGGER subscriber_cursors_fence ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_first ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_fixed ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_no_delete ON indelible.subscriber_cursors
--;
DROP TRIGGER subscriber_cursors_no_truncate ON indelible.subscriber_cursors
--;
DROP FUNCTION indelible.subscriber_cursors_no_delete
--;
DROP FUNCTION indelible.subscriber_cursors_no_truncate
--;
DROP FUNCTION indelible.subscriber_cursors_fixed
--;
DROP FUNCTION indelible.subscriber_cursors_first
--;
DROP FUNCTION indelible.subscriber_cursors_fence
--;
DROP TABLE indelible.subscriber_cursors
