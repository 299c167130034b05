DROP TRIGGER stage_breakers_fixed
--;
DROP TRIGGER stage_breakers_no_delete
--;
DROP TRIGGER stage_breakers_no_nested_update
--;
DROP TRIGGER stage_breakers_no_replace
--;
DROP TRIGGER stage_breakers_values_on_insert
--;
DROP TRIGGER stage_breakers_values_on_update
--;
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
DROP TRIGGER webhook_rejections_no_delete
--;
DROP TRIGGER webhook_rejections_no_replace
--;
DROP TRIGGER webhook_rejections_no_update
--;
DROP INDEX webhook_rejections_at
--;
DROP INDEX webhook_rejections_endpoint
--;
DROP TABLE webhook_rejections
--;
DROP TABLE subscriber_cursors
--;
DROP TABLE stage_breakers
