DROP TRIGGER payloads_no_delete
--;
DROP TRIGGER payloads_no_replace
--;
DROP TRIGGER payloads_no_rowid
--;
DROP TRIGGER payloads_no_update
--;
DROP TRIGGER rejections_no_delete
--;
DROP TRIGGER rejections_no_replace
--;
DROP TRIGGER rejections_no_update
--;
DROP INDEX rejections_at
--;
DROP INDEX rejections_command
--;
DROP TABLE rejections
--;
DROP TABLE payloads
