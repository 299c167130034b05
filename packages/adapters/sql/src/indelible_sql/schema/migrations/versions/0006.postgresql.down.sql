DROP TRIGGER stage_breakers_fixed ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_delete ON indelible.stage_breakers
--;
DROP TRIGGER stage_breakers_no_truncate ON indelible.stage_breakers
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
DROP TABLE indelible.webhook_rejections
--;
DROP TABLE indelible.stage_breakers
