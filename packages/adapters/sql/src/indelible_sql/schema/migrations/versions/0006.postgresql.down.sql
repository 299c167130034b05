DROP TRIGGER stage_breakers_fixed ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_delete ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_truncate ON indelible.stage_breakers
--;
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
DROP TRIGGER webhook_rejections_no_delete ON indelible.webhook_rejections
--;
DROP TRIGGER webhook_rejections_no_truncate ON indelible.webhook_rejections
--;
DROP TRIGGER webhook_rejections_no_update ON indelible.webhook_rejections
--;
DROP INDEX indelible.webhook_rejections_at
--;
DROP INDEX indelible.webhook_rejections_endpoint
--;
DROP FUNCTION indelible.webhook_rejections_no_update
--;
DROP FUNCTION indelible.webhook_rejections_no_delete
--;
DROP FUNCTION indelible.webhook_rejections_no_truncate
--;
DROP FUNCTION indelible.stage_breakers_no_delete
--;
DROP FUNCTION indelible.stage_breakers_no_truncate
--;
DROP FUNCTION indelible.stage_breakers_fixed
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
DROP TABLE indelible.webhook_rejections
--;
DROP TABLE indelible.subscriber_cursors
--;
DROP TABLE indelible.stage_breakers
